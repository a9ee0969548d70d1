-- CreateTable
CREATE TABLE "TokenUse" (
    "tokenId" TEXT NOT NULL PRIMARY KEY,
    "window" INTEGER NOT NULL,
    "taken" INTEGER NOT NULL,
    CONSTRAINT "TokenUse_tokenId_fkey" FOREIGN KEY ("tokenId") REFERENCES "ApiToken" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
