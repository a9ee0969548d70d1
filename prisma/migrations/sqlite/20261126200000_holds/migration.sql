-- AlterTable
ALTER TABLE "PromotionRef" ADD COLUMN "isOlderChoice" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "Hold" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "stageId" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "promotionNumber" INTEGER,
    "reason" TEXT NOT NULL,
    "setBy" TEXT NOT NULL,
    "setAt" DATETIME NOT NULL,
    "activeKey" TEXT,
    "liftedBy" TEXT,
    "liftedAt" DATETIME,
    "liftReason" TEXT,
    CONSTRAINT "Hold_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Hold_activeKey_key" ON "Hold"("activeKey");

-- CreateIndex
CREATE INDEX "Hold_stageId_ref_idx" ON "Hold"("stageId", "ref");
