-- CreateTable
CREATE TABLE "RunCancel" (
    "runId" TEXT NOT NULL,
    "askedBy" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "askedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "RunCancel_pkey" PRIMARY KEY ("runId")
);

-- AddForeignKey
ALTER TABLE "RunCancel" ADD CONSTRAINT "RunCancel_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
