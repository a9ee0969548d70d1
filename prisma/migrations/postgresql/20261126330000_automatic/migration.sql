-- AlterTable
ALTER TABLE "Edge" ADD COLUMN "automaticRefs" TEXT NOT NULL DEFAULT '[]';
ALTER TABLE "Edge" ADD COLUMN "automaticApproval" TEXT NOT NULL DEFAULT 'as-usual';

-- The account that asks for automatic promotions. It can't sign in and has no token; no person can be called so.
INSERT INTO "Person" ("id", "name", "displayName", "role", "passwordHash", "mustChangePassword", "createdAt")
VALUES ('automatic', '(automatic)', 'Treeline (automatic)', 'automatic', '', false, '2026-11-26 00:00:00.000');
