-- CreateTable
CREATE TABLE "Retirement" (
    "id" TEXT NOT NULL,
    "stageId" TEXT NOT NULL,
    "promotionNumber" INTEGER NOT NULL,
    "refsJson" TEXT NOT NULL,
    "removedAt" TIMESTAMP(3) NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "state" TEXT NOT NULL,
    "commitsJson" TEXT,
    "resultJson" TEXT,
    "stoppedBy" TEXT,
    "stopReason" TEXT,
    "endedAt" TIMESTAMP(3),
    "errorMessage" TEXT,
    "retryAt" TIMESTAMP(3),

    CONSTRAINT "Retirement_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Retirement_promotionNumber_key" ON "Retirement"("promotionNumber");
CREATE INDEX "Retirement_state_dueAt_idx" ON "Retirement"("state", "dueAt");

-- AddForeignKey
ALTER TABLE "Retirement" ADD CONSTRAINT "Retirement_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "Stage" ADD COLUMN "retireGraceHours" INTEGER NOT NULL DEFAULT 24;
ALTER TABLE "PromotionRef" ALTER COLUMN "resultingChecksum" DROP NOT NULL;
