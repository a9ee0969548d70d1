-- AlterTable
ALTER TABLE "PromotionRef" ADD COLUMN "isOlderChoice" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "Hold" (
    "id" TEXT NOT NULL,
    "stageId" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "promotionNumber" INTEGER,
    "reason" TEXT NOT NULL,
    "setBy" TEXT NOT NULL,
    "setAt" TIMESTAMP(3) NOT NULL,
    "activeKey" TEXT,
    "liftedBy" TEXT,
    "liftedAt" TIMESTAMP(3),
    "liftReason" TEXT,

    CONSTRAINT "Hold_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Hold_activeKey_key" ON "Hold"("activeKey");

-- CreateIndex
CREATE INDEX "Hold_stageId_ref_idx" ON "Hold"("stageId", "ref");

-- AddForeignKey
ALTER TABLE "Hold" ADD CONSTRAINT "Hold_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
