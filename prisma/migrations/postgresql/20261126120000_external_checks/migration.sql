-- AlterTable
ALTER TABLE "Edge" ADD COLUMN "externalChecks" TEXT NOT NULL DEFAULT '[]';

-- CreateTable
CREATE TABLE "CheckReport" (
    "promotionId" TEXT NOT NULL,
    "planChecksum" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "link" TEXT,
    "summary" TEXT NOT NULL,
    "reporterId" TEXT NOT NULL,
    "reportedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "CheckReport_pkey" PRIMARY KEY ("promotionId","planChecksum","name")
);

-- AddForeignKey
ALTER TABLE "CheckReport" ADD CONSTRAINT "CheckReport_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "CheckReport" ADD CONSTRAINT "CheckReport_reporterId_fkey" FOREIGN KEY ("reporterId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
