-- CreateTable
CREATE TABLE "FreezeWindow" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "stageId" TEXT,
    "startWall" TEXT NOT NULL,
    "endWall" TEXT NOT NULL,
    "timeZone" TEXT NOT NULL,
    "rule" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "removedAt" TIMESTAMP(3),

    CONSTRAINT "FreezeWindow_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FreezeOverride" (
    "id" TEXT NOT NULL,
    "promotionId" TEXT NOT NULL,
    "planChecksum" TEXT NOT NULL,
    "windowsJson" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "withdrawnAt" TIMESTAMP(3),

    CONSTRAINT "FreezeOverride_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "FreezeWindow_removedAt_idx" ON "FreezeWindow"("removedAt");

-- CreateIndex
CREATE INDEX "FreezeOverride_promotionId_idx" ON "FreezeOverride"("promotionId");

-- AddForeignKey
ALTER TABLE "FreezeWindow" ADD CONSTRAINT "FreezeWindow_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "FreezeOverride" ADD CONSTRAINT "FreezeOverride_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
