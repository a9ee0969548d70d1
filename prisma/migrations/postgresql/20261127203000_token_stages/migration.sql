-- AlterTable
ALTER TABLE "ApiToken" ADD COLUMN "stages" TEXT;
