-- What each process of Treeline needs in its PostgreSQL database, and nothing more. Run it as the owner of the tables, in that
-- database, after `treeline migrate` and again after every upgrade:
--   psql -d treeline -f docs/postgresql-roles.sql
-- The roles must exist: CREATE ROLE treeline_web LOGIN PASSWORD '…'; and so on.
BEGIN;

GRANT USAGE ON SCHEMA public TO treeline_web, treeline_worker, treeline_signer;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM treeline_web, treeline_worker, treeline_signer;

-- Pages, API and command line: everything but to change what was recorded and decided.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO treeline_web;
REVOKE UPDATE, DELETE ON "AuditEvent", "Approval", "ApprovalVoid", "EmergencyReview" FROM treeline_web;
REVOKE INSERT, UPDATE, DELETE ON "_prisma_migrations" FROM treeline_web;

-- The worker reads what was decided, and writes what it did, and asks for what edges promote by themselves. It can approve
-- nothing, and sees no hash of a password or a token.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO treeline_worker;
REVOKE SELECT ON "Person", "Session", "SignInAttempt", "ApiToken" FROM treeline_worker;
GRANT SELECT ("id", "name", "displayName", "role", "disabledAt") ON "Person" TO treeline_worker;
GRANT INSERT ON "AuditEvent" TO treeline_worker;
GRANT INSERT, UPDATE ON "Run", "RunStep", "Promotion" TO treeline_worker;
GRANT INSERT ON "PromotionRef", "ApprovalVoid" TO treeline_worker;
GRANT INSERT, UPDATE, DELETE ON "LedgerRef" TO treeline_worker;
GRANT INSERT, DELETE ON "SourceSighting" TO treeline_worker;
GRANT INSERT, UPDATE ON "Hold", "Retirement" TO treeline_worker;
GRANT INSERT, UPDATE ON "SourceFsck" TO treeline_worker;
GRANT INSERT, UPDATE ON "Setting" TO treeline_worker;

-- The signer only reads, and only what proves a run.
GRANT SELECT ON "Run", "Promotion", "PromotionRef", "Approval", "ApprovalVoid", "Edge", "Stage", "StageKey", "LedgerRef" TO treeline_signer;
GRANT SELECT ON "Group", "GroupMember", "StageRole" TO treeline_signer;
GRANT SELECT ("id", "role", "disabledAt") ON "Person" TO treeline_signer;

COMMIT;
