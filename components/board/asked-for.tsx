import Link from 'next/link';

/** Links to the promotions that already ask for what an edge could bring. */
export function AskedFor({ numbers }: { numbers: readonly number[] }) {
  if (numbers.length === 0) return null;
  return (
    <span>
      asked for in{' '}
      {numbers.map((number, index) => (
        <span key={number}>
          {index === 0 ? null : ', '}
          <Link href={`/promotions/${number}`} className="link-inline">
            #{number}
          </Link>
        </span>
      ))}
    </span>
  );
}
