import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { nextAuthOptions } from '@/lib/auth/next-auth-options';
import { authRoute } from '@/lib/http/auth-route';

const handler = authRoute(async (request, context) => {
  const params = await context.params;
  const nextauth = Array.isArray(params.nextauth) ? params.nextauth : [];
  return NextAuth(request as NextRequest, { params: { nextauth } }, nextAuthOptions());
});

export { handler as GET, handler as POST };
