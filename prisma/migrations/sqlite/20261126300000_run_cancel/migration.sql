-- CreateTable
CREATE TABLE "RunCancel" (
    "runId" TEXT NOT NULL PRIMARY KEY,
    "askedBy" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "askedAt" DATETIME NOT NULL,
    CONSTRAINT "RunCancel_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
