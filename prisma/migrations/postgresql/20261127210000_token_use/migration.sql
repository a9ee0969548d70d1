-- CreateTable
CREATE TABLE "TokenUse" (
    "tokenId" TEXT NOT NULL,
    "window" INTEGER NOT NULL,
    "taken" INTEGER NOT NULL,

    CONSTRAINT "TokenUse_pkey" PRIMARY KEY ("tokenId")
);

-- AddForeignKey
ALTER TABLE "TokenUse" ADD CONSTRAINT "TokenUse_tokenId_fkey" FOREIGN KEY ("tokenId") REFERENCES "ApiToken"("id") ON DELETE CASCADE ON UPDATE CASCADE;
