-- AlterTable
ALTER TABLE "Edge" ADD COLUMN "soakHours" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "Edge" ADD COLUMN "versionCheck" TEXT NOT NULL DEFAULT 'off';
ALTER TABLE "Edge" ADD COLUMN "fastForwardCheck" TEXT NOT NULL DEFAULT 'advisory';

-- CreateTable
CREATE TABLE "SourceSighting" (
    "stageId" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "seenAt" DATETIME NOT NULL,

    PRIMARY KEY ("stageId", "ref", "checksum"),
    CONSTRAINT "SourceSighting_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
