-- AlterTable
ALTER TABLE "Edge" ADD COLUMN "emergencyGroupId" TEXT;
ALTER TABLE "Edge" ADD COLUMN "emergencyReviewHours" INTEGER NOT NULL DEFAULT 24;
ALTER TABLE "Promotion" ADD COLUMN "isEmergency" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Promotion" ADD COLUMN "reviewedAt" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "EmergencyReview" (
    "id" TEXT NOT NULL,
    "promotionId" TEXT NOT NULL,
    "reviewerId" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "comment" TEXT NOT NULL,
    "groupsJson" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "EmergencyReview_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "EmergencyReview_promotionId_reviewerId_key" ON "EmergencyReview"("promotionId", "reviewerId");
CREATE INDEX "Promotion_isEmergency_reviewedAt_idx" ON "Promotion"("isEmergency", "reviewedAt");

-- AddForeignKey
ALTER TABLE "EmergencyReview" ADD CONSTRAINT "EmergencyReview_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "EmergencyReview" ADD CONSTRAINT "EmergencyReview_reviewerId_fkey" FOREIGN KEY ("reviewerId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TRIGGER "EmergencyReview_no_update" BEFORE UPDATE ON "EmergencyReview"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"('reviews of emergencies');

CREATE TRIGGER "EmergencyReview_no_delete" BEFORE DELETE ON "EmergencyReview"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"('reviews of emergencies');

CREATE TRIGGER "EmergencyReview_no_truncate" BEFORE TRUNCATE ON "EmergencyReview"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('reviews of emergencies');
