import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthFrame } from '@/components/sign-in/auth-frame';
import { safeNextPath } from '@/components/sign-in/safe-next-path';
import { SignInForm } from '@/components/sign-in/sign-in-form';
import { getActor } from '@/lib/auth/get-actor';
import { getServiceContext } from '@/lib/services/service-context';

export const metadata: Metadata = { title: 'Sign in' };

interface SignInPageProps {
  searchParams: Promise<{ callbackUrl?: string | string[] }>;
}

export default async function SignInPage({ searchParams }: SignInPageProps) {
  const { callbackUrl } = await searchParams;
  const next = safeNextPath(typeof callbackUrl === 'string' ? callbackUrl : null);
  if ((await getActor(getServiceContext())) !== null) redirect(next);
  return (
    <AuthFrame
      title="Sign in"
      note="No account yet? An admin adds you in Settings and gives you a one-time password."
    >
      <SignInForm callbackUrl={next} />
    </AuthFrame>
  );
}
