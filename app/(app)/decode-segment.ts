import { notFound } from 'next/navigation';

/** A path segment as Next hands it over, percent-decoded; what can't be decoded is not found. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) notFound();
    throw error;
  }
}
