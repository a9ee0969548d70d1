-- CreateTable
CREATE TABLE "Person" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "displayName" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "passwordHash" TEXT NOT NULL,
    "mustChangePassword" BOOLEAN NOT NULL DEFAULT true,
    "disabledAt" DATETIME,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "personId" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,
    "endedAt" DATETIME,
    CONSTRAINT "Session_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "SignInAttempt" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "key" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Stage" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "repoPath" TEXT NOT NULL,
    "repoDev" TEXT NOT NULL,
    "repoIno" TEXT NOT NULL,
    "collectionId" TEXT,
    "overlapSeconds" INTEGER NOT NULL DEFAULT 0,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "LedgerRef" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "stageId" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "checksum" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "promotionNumber" INTEGER,
    "recordedAt" DATETIME NOT NULL,
    CONSTRAINT "LedgerRef_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "StageKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "stageId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "keyId" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "retiredAt" DATETIME,
    CONSTRAINT "StageKey_stageId_fkey" FOREIGN KEY ("stageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Edge" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "fromStageId" TEXT NOT NULL,
    "toStageId" TEXT NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'identity',
    "refGlobs" TEXT NOT NULL,
    "renames" TEXT NOT NULL DEFAULT '[]',
    "isolation" TEXT NOT NULL DEFAULT 'hardlink',
    "verifyObjects" BOOLEAN NOT NULL DEFAULT true,
    "requireSourceHead" BOOLEAN NOT NULL DEFAULT false,
    "approvalsRequired" INTEGER NOT NULL DEFAULT 1,
    "policyVersion" INTEGER NOT NULL DEFAULT 1,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "Edge_fromStageId_fkey" FOREIGN KEY ("fromStageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Edge_toStageId_fkey" FOREIGN KEY ("toStageId") REFERENCES "Stage" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Promotion" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "number" INTEGER NOT NULL,
    "edgeId" TEXT NOT NULL,
    "requesterId" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "planJson" TEXT NOT NULL,
    "planChecksum" TEXT NOT NULL,
    "factsJson" TEXT NOT NULL,
    "idempotencyKey" TEXT,
    "createdAt" DATETIME NOT NULL,
    "decidedAt" DATETIME,
    "endedAt" DATETIME,
    CONSTRAINT "Promotion_edgeId_fkey" FOREIGN KEY ("edgeId") REFERENCES "Edge" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Promotion_requesterId_fkey" FOREIGN KEY ("requesterId") REFERENCES "Person" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "PromotionRef" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "promotionId" TEXT NOT NULL,
    "sourceRef" TEXT NOT NULL,
    "targetRef" TEXT NOT NULL,
    "sourceChecksum" TEXT NOT NULL,
    "expectedChecksum" TEXT,
    "resultingChecksum" TEXT NOT NULL,
    CONSTRAINT "PromotionRef_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Approval" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "promotionId" TEXT NOT NULL,
    "reviewerId" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "planChecksum" TEXT NOT NULL,
    "comment" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "Approval_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Approval_reviewerId_fkey" FOREIGN KEY ("reviewerId") REFERENCES "Person" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Run" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "promotionId" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "activeKey" TEXT,
    "leaseOwner" TEXT,
    "leaseExpiresAt" DATETIME,
    "fencingToken" INTEGER NOT NULL DEFAULT 0,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "retryAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    "startedAt" DATETIME,
    "endedAt" DATETIME,
    CONSTRAINT "Run_promotionId_fkey" FOREIGN KEY ("promotionId") REFERENCES "Promotion" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "RunStep" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "runId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "progressJson" TEXT NOT NULL DEFAULT '{}',
    "startedAt" DATETIME,
    "endedAt" DATETIME,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    CONSTRAINT "RunStep_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AuditEvent" (
    "seq" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "kind" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "actorId" TEXT,
    "actorName" TEXT NOT NULL,
    "stageName" TEXT,
    "ref" TEXT,
    "promotionNumber" INTEGER,
    "dataJson" TEXT NOT NULL,
    "previousHash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    CONSTRAINT "AuditEvent_actorId_fkey" FOREIGN KEY ("actorId") REFERENCES "Person" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Person_name_key" ON "Person"("name");

-- CreateIndex
CREATE INDEX "Session_personId_idx" ON "Session"("personId");

-- CreateIndex
CREATE INDEX "SignInAttempt_key_createdAt_idx" ON "SignInAttempt"("key", "createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Stage_name_key" ON "Stage"("name");

-- CreateIndex
CREATE UNIQUE INDEX "LedgerRef_stageId_ref_key" ON "LedgerRef"("stageId", "ref");

-- CreateIndex
CREATE UNIQUE INDEX "StageKey_stageId_type_keyId_key" ON "StageKey"("stageId", "type", "keyId");

-- CreateIndex
CREATE UNIQUE INDEX "Edge_fromStageId_toStageId_key" ON "Edge"("fromStageId", "toStageId");

-- CreateIndex
CREATE UNIQUE INDEX "Promotion_number_key" ON "Promotion"("number");

-- CreateIndex
CREATE UNIQUE INDEX "Promotion_idempotencyKey_key" ON "Promotion"("idempotencyKey");

-- CreateIndex
CREATE INDEX "Promotion_state_idx" ON "Promotion"("state");

-- CreateIndex
CREATE INDEX "Promotion_edgeId_state_idx" ON "Promotion"("edgeId", "state");

-- CreateIndex
CREATE INDEX "PromotionRef_targetRef_idx" ON "PromotionRef"("targetRef");

-- CreateIndex
CREATE UNIQUE INDEX "PromotionRef_promotionId_targetRef_key" ON "PromotionRef"("promotionId", "targetRef");

-- CreateIndex
CREATE UNIQUE INDEX "Approval_promotionId_reviewerId_planChecksum_key" ON "Approval"("promotionId", "reviewerId", "planChecksum");

-- CreateIndex
CREATE UNIQUE INDEX "Run_activeKey_key" ON "Run"("activeKey");

-- CreateIndex
CREATE INDEX "Run_state_idx" ON "Run"("state");

-- CreateIndex
CREATE UNIQUE INDEX "Run_promotionId_attempt_key" ON "Run"("promotionId", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "RunStep_runId_position_key" ON "RunStep"("runId", "position");

-- CreateIndex
CREATE UNIQUE INDEX "AuditEvent_hash_key" ON "AuditEvent"("hash");

-- CreateIndex
CREATE INDEX "AuditEvent_kind_idx" ON "AuditEvent"("kind");

-- CreateIndex
CREATE INDEX "AuditEvent_stageName_idx" ON "AuditEvent"("stageName");

-- CreateIndex
CREATE INDEX "AuditEvent_promotionNumber_idx" ON "AuditEvent"("promotionNumber");

-- Audit events and approvals are only ever added.
CREATE TRIGGER "AuditEvent_no_update" BEFORE UPDATE ON "AuditEvent"
BEGIN
    SELECT RAISE(ABORT, 'audit events are never changed');
END;

CREATE TRIGGER "AuditEvent_no_delete" BEFORE DELETE ON "AuditEvent"
BEGIN
    SELECT RAISE(ABORT, 'audit events are never deleted');
END;

CREATE TRIGGER "Approval_no_update" BEFORE UPDATE ON "Approval"
BEGIN
    SELECT RAISE(ABORT, 'approvals are never changed');
END;

CREATE TRIGGER "Approval_no_delete" BEFORE DELETE ON "Approval"
BEGIN
    SELECT RAISE(ABORT, 'approvals are never deleted');
END;
