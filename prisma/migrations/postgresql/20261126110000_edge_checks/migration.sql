-- AlterTable
ALTER TABLE "Edge" ADD COLUMN "soakHours" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Edge" ADD COLUMN "versionCheck" TEXT NOT NULL DEFAULT 'off';
ALTER TABLE "Edge" ADD COLUMN "fastForwardCheck" TEXT NOT NULL DEFAULT 'advisory';

-- CreateTable
CREATE TABLE "SourceSighting" (
    "stageId" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SourceSighting_pkey" PRIMARY KEY ("stageId","ref","checksum")
);

-- AddForeignKey
ALTER TABLE "SourceSighting" ADD CONSTRAINT "SourceSighting_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
