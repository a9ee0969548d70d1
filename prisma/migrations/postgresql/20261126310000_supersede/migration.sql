-- AlterTable
ALTER TABLE "Promotion" ADD COLUMN "supersedes" INTEGER;
ALTER TABLE "Promotion" ADD COLUMN "supersededBy" INTEGER;
