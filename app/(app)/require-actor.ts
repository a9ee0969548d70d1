import { redirect } from 'next/navigation';
import { cache } from 'react';
import type { PersonActor } from '@/lib/auth/actor';
import { getActor } from '@/lib/auth/get-actor';
import { contextAtOneHead, getServiceContext, type ServiceContext } from '@/lib/services/service-context';

export interface PageAccess {
  ctx: ServiceContext;
  actor: PersonActor;
}

/** Looked up once for the frame and the page in it. */
const contextOfPage = cache(() => contextAtOneHead(getServiceContext()));
const actorOfPage = cache(() => getActor(contextOfPage()));

/**
 * Who looks at the page. Sends those who aren't signed in to the sign-in page, and from there back to
 * `callbackUrl`; those with a one-time password to where they change it. What the person may see or do is
 * for the services to say.
 * @param callbackUrl the page's own path and search, beginning with one slash
 */
export async function requireActor(callbackUrl: string): Promise<PageAccess> {
  const actor = await actorOfPage();
  if (actor === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(callbackUrl)}`);
  if (actor.mustChangePassword) redirect('/change-password');
  return { ctx: contextOfPage(), actor };
}
