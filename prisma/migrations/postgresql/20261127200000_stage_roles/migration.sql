-- CreateTable
CREATE TABLE "StageRole" (
    "personId" TEXT NOT NULL,
    "stageId" TEXT NOT NULL,
    "role" TEXT NOT NULL,

    CONSTRAINT "StageRole_pkey" PRIMARY KEY ("personId","stageId")
);

-- CreateIndex
CREATE INDEX "StageRole_stageId_idx" ON "StageRole"("stageId");

-- AddForeignKey
ALTER TABLE "StageRole" ADD CONSTRAINT "StageRole_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "StageRole" ADD CONSTRAINT "StageRole_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage"("id") ON DELETE CASCADE ON UPDATE CASCADE;
