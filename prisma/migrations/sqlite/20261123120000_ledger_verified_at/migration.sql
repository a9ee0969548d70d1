-- AlterTable
ALTER TABLE "LedgerRef" ADD COLUMN "verifiedAt" DATETIME;
