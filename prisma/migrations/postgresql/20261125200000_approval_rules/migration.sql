-- CreateTable
CREATE TABLE "Group" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Group_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "GroupMember" (
    "groupId" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "addedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "GroupMember_pkey" PRIMARY KEY ("groupId","personId")
);

-- CreateTable
CREATE TABLE "ApprovalVoid" (
    "approvalId" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ApprovalVoid_pkey" PRIMARY KEY ("approvalId")
);

-- What an edge asked for as a number of reviewers is one rule without a group.
ALTER TABLE "Edge" ADD COLUMN "approvalRules" TEXT NOT NULL DEFAULT '[{"groupId":null,"required":1}]';
UPDATE "Edge" SET "approvalRules" = '[{"groupId":null,"required":' || "approvalsRequired" || '}]';
ALTER TABLE "Edge" DROP COLUMN "approvalsRequired";
ALTER TABLE "Edge" ADD COLUMN "approvalExpiryHours" INTEGER NOT NULL DEFAULT 72;
ALTER TABLE "Edge" ADD COLUMN "isApprovalShared" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Promotion" ADD COLUMN "replannedById" TEXT;
ALTER TABLE "Run" ADD COLUMN "committedAt" TIMESTAMP(3);
ALTER TABLE "Approval" ADD COLUMN "round" INTEGER NOT NULL DEFAULT 1;

-- DropIndex
DROP INDEX "Approval_promotionId_reviewerId_planChecksum_key";

-- CreateIndex
CREATE UNIQUE INDEX "Group_name_key" ON "Group"("name");
CREATE INDEX "GroupMember_personId_idx" ON "GroupMember"("personId");
CREATE UNIQUE INDEX "Approval_promotionId_reviewerId_planChecksum_round_key" ON "Approval"("promotionId", "reviewerId", "planChecksum", "round");

-- AddForeignKey
ALTER TABLE "GroupMember" ADD CONSTRAINT "GroupMember_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "GroupMember" ADD CONSTRAINT "GroupMember_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "ApprovalVoid" ADD CONSTRAINT "ApprovalVoid_approvalId_fkey" FOREIGN KEY ("approvalId") REFERENCES "Approval"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Promotion" ADD CONSTRAINT "Promotion_replannedById_fkey" FOREIGN KEY ("replannedById") REFERENCES "Person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TRIGGER "ApprovalVoid_no_update" BEFORE UPDATE ON "ApprovalVoid"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"('voids of approvals');

CREATE TRIGGER "ApprovalVoid_no_delete" BEFORE DELETE ON "ApprovalVoid"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"('voids of approvals');

CREATE TRIGGER "ApprovalVoid_no_truncate" BEFORE TRUNCATE ON "ApprovalVoid"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"('voids of approvals');
