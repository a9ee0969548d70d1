import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { AuthFrame } from '@/components/sign-in/auth-frame';
import { ChangePasswordForm } from '@/components/sign-in/change-password-form';
import { getActor } from '@/lib/auth/get-actor';
import { getServiceContext } from '@/lib/services/service-context';

export const metadata: Metadata = { title: 'Change password' };

export default async function ChangePasswordPage() {
  const actor = await getActor(getServiceContext());
  if (actor === null) redirect('/sign-in?callbackUrl=/');
  return (
    <AuthFrame title={actor.mustChangePassword ? 'Choose your own password' : 'Change password'}>
      {actor.mustChangePassword ? (
        <p className="mb-3.5 text-muted">
          You signed in with a one-time password. Choose your own, then go on.
        </p>
      ) : null}
      <ChangePasswordForm name={actor.name} isForced={actor.mustChangePassword} />
    </AuthFrame>
  );
}
