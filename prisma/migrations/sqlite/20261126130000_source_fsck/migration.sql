-- AlterTable
ALTER TABLE "Edge" ADD COLUMN "sourceFsckCheck" TEXT NOT NULL DEFAULT 'off';

-- CreateTable
CREATE TABLE "SourceFsck" (
    "stageId" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "checkedAt" DATETIME NOT NULL,
    "objects" INTEGER NOT NULL,
    "damage" TEXT,

    PRIMARY KEY ("stageId", "checksum"),
    CONSTRAINT "SourceFsck_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
