-- CreateTable
CREATE TABLE "Group" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "GroupMember" (
    "groupId" TEXT NOT NULL,
    "personId" TEXT NOT NULL,
    "addedAt" DATETIME NOT NULL,

    PRIMARY KEY ("groupId", "personId"),
    CONSTRAINT "GroupMember_groupId_fkey" FOREIGN KEY ("groupId") REFERENCES "Group" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "GroupMember_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ApprovalVoid" (
    "approvalId" TEXT NOT NULL PRIMARY KEY,
    "why" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    CONSTRAINT "ApprovalVoid_approvalId_fkey" FOREIGN KEY ("approvalId") REFERENCES "Approval" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- What an edge asked for as a number of reviewers is one rule without a group.
ALTER TABLE "Edge" ADD COLUMN "approvalRules" TEXT NOT NULL DEFAULT '[{"groupId":null,"required":1}]';
UPDATE "Edge" SET "approvalRules" = '[{"groupId":null,"required":' || "approvalsRequired" || '}]';
ALTER TABLE "Edge" DROP COLUMN "approvalsRequired";
ALTER TABLE "Edge" ADD COLUMN "approvalExpiryHours" INTEGER NOT NULL DEFAULT 72;
ALTER TABLE "Edge" ADD COLUMN "isApprovalShared" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Promotion" ADD COLUMN "replannedById" TEXT REFERENCES "Person" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Run" ADD COLUMN "committedAt" DATETIME;
ALTER TABLE "Approval" ADD COLUMN "round" INTEGER NOT NULL DEFAULT 1;

-- DropIndex
DROP INDEX "Approval_promotionId_reviewerId_planChecksum_key";

-- CreateIndex
CREATE UNIQUE INDEX "Group_name_key" ON "Group"("name");
CREATE INDEX "GroupMember_personId_idx" ON "GroupMember"("personId");
CREATE UNIQUE INDEX "Approval_promotionId_reviewerId_planChecksum_round_key" ON "Approval"("promotionId", "reviewerId", "planChecksum", "round");

CREATE TRIGGER "ApprovalVoid_no_update" BEFORE UPDATE ON "ApprovalVoid"
BEGIN
    SELECT RAISE(ABORT, 'voids of approvals are never changed');
END;

CREATE TRIGGER "ApprovalVoid_no_delete" BEFORE DELETE ON "ApprovalVoid"
BEGIN
    SELECT RAISE(ABORT, 'voids of approvals are never deleted');
END;
