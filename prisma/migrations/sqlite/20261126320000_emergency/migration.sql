-- AlterTable
ALTER TABLE "Edge" ADD COLUMN "emergencyGroupId" TEXT;
ALTER TABLE "Edge" ADD COLUMN "emergencyReviewHours" INTEGER NOT NULL DEFAULT 24;
ALTER TABLE "Promotion" ADD COLUMN "isEmergency" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Promotion" ADD COLUMN "reviewedAt" DATETIME;

-- CreateTable
CREATE TABLE "EmergencyReview" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "promotionId" TEXT NOT NULL,
    "reviewerId" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "comment" TEXT NOT NULL,
    "groupsJson" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "EmergencyReview_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "EmergencyReview_reviewerId_fkey" FOREIGN KEY ("reviewerId") REFERENCES "Person" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "EmergencyReview_promotionId_reviewerId_key" ON "EmergencyReview"("promotionId", "reviewerId");
CREATE INDEX "Promotion_isEmergency_reviewedAt_idx" ON "Promotion"("isEmergency", "reviewedAt");

CREATE TRIGGER "EmergencyReview_no_update" BEFORE UPDATE ON "EmergencyReview"
BEGIN
    SELECT RAISE(ABORT, 'reviews of emergencies are never changed');
END;

CREATE TRIGGER "EmergencyReview_no_delete" BEFORE DELETE ON "EmergencyReview"
BEGIN
    SELECT RAISE(ABORT, 'reviews of emergencies are never deleted');
END;
