-- CreateTable
CREATE TABLE "FreezeWindow" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "stageId" TEXT,
    "startWall" TEXT NOT NULL,
    "endWall" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "rule" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdBy" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "removedAt" DATETIME,
    CONSTRAINT "FreezeWindow_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FreezeOverride" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "promotionId" TEXT NOT NULL,
    "planChecksum" TEXT NOT NULL,
    "windowsJson" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "withdrawnAt" DATETIME,
    CONSTRAINT "FreezeOverride_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "FreezeWindow_removedAt_idx" ON "FreezeWindow"("removedAt");

-- CreateIndex
CREATE INDEX "FreezeOverride_promotionId_idx" ON "FreezeOverride"("promotionId");
