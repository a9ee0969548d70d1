-- CreateTable
CREATE TABLE "Retirement" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "stageId" TEXT NOT NULL,
    "promotionNumber" INTEGER NOT NULL,
    "refsJson" TEXT NOT NULL,
    "removedAt" DATETIME NOT NULL,
    "dueAt" DATETIME NOT NULL,
    "state" TEXT NOT NULL,
    "commitsJson" TEXT,
    "resultJson" TEXT,
    "stoppedBy" TEXT,
    "stopReason" TEXT,
    "endedAt" DATETIME,
    "errorMessage" TEXT,
    "retryAt" DATETIME,
    CONSTRAINT "Retirement_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "Retirement_promotionNumber_key" ON "Retirement"("promotionNumber");
CREATE INDEX "Retirement_state_dueAt_idx" ON "Retirement"("state", "dueAt");

-- AlterTable
ALTER TABLE "Stage" ADD COLUMN "retireGraceHours" INTEGER NOT NULL DEFAULT 24;

-- SQLite makes no column nullable: another takes its place.
ALTER TABLE "PromotionRef" RENAME COLUMN "resultingChecksum" TO "resultingChecksumBefore";
ALTER TABLE "PromotionRef" ADD COLUMN "resultingChecksum" TEXT;
UPDATE "PromotionRef" SET "resultingChecksum" = "resultingChecksumBefore";
ALTER TABLE "PromotionRef" DROP COLUMN "resultingChecksumBefore";
