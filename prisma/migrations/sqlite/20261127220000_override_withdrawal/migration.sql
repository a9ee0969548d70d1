-- AlterTable
ALTER TABLE "FreezeOverride" ADD COLUMN "withdrawnBy" TEXT;
ALTER TABLE "FreezeOverride" ADD COLUMN "withdrawReason" TEXT;
