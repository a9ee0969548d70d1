export interface SkeletonProps {
  /** Tailwind classes for the size: `h-4 w-32`. */
  className?: string;
}

/** A grey bar where something is about to be. Hidden from assistive technology: say "loading" around it. */
export function Skeleton({ className = 'h-4 w-full' }: SkeletonProps) {
  return <span aria-hidden="true" className={`skeleton block ${className}`} />;
}
