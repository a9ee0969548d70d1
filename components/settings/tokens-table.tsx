import { Button } from '@/components/ui/button';
import { Chip, type ChipTone } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { ServiceAccountDto, TokenDto } from '@/lib/contracts/token';

const TONES: Record<TokenDto['state'], ChipTone> = {
  active: 'ok',
  stopped: 'bad',
  expired: 'stale',
  revoked: 'none',
};

export interface TokensTableProps {
  account: ServiceAccountDto;
  onRevoke: ((token: TokenDto) => void) | null;
}

/** The tokens of one program, by their first characters. */
export function TokensTable({ account, onRevoke }: TokensTableProps) {
  if (account.tokens.length === 0) {
    return <p className="px-3.5 py-3 text-muted">It has no token yet, so it can do nothing.</p>;
  }
  return (
    <Table label={`Tokens of ${account.name}`} className={STACKED.table}>
      <thead className={STACKED.head}>
        <tr>
          <Th>Token</Th>
          <Th>May</Th>
          <Th>Held by</Th>
          <Th>Expires</Th>
          <Th>Last used</Th>
          <Th>State</Th>
          <Th>
            <span className="sr-only">Revoke</span>
          </Th>
        </tr>
      </thead>
      <tbody className={STACKED.body}>
        {inOrder(account.tokens).map((token) => (
          <Tr key={token.id} className={STACKED.row}>
            <Td className={STACKED.line}>
              <b className={`font-semibold ${token.state === 'active' ? '' : 'text-muted'}`}>
                <UnsafeText text={token.name} />
              </b>
              <span className="block font-mono text-sm text-muted">{token.hint}…</span>
            </Td>
            <Td className={STACKED.line}>
              <ul className="font-mono text-sm">
                {token.scopes.map((scope) => (
                  <li key={scope} className="whitespace-nowrap">
                    {scope}
                  </li>
                ))}
              </ul>
              {token.stages === null ? null : (
                <span className="block text-sm text-muted">for {token.stages.join(', ')} alone</span>
              )}
            </Td>
            <Td className={STACKED.line}>
              <span className="sm:hidden">Held by </span>
              {token.holder}
              <span className="block text-sm text-faint">
                made by {token.createdBy ?? 'the command line'} <RelativeTime iso={token.createdAt} />
              </span>
            </Td>
            <Td className={STACKED.cell}>
              <span className="sm:hidden">Expires </span>
              <RelativeTime iso={token.expiresAt} />
            </Td>
            <Td className={`text-muted ${STACKED.cell}`}>
              <span className="sm:hidden">Used </span>
              {token.lastUsedAt === null ? 'never' : <RelativeTime iso={token.lastUsedAt} />}
            </Td>
            <Td className={STACKED.cell}>
              <Chip tone={TONES[token.state]}>{token.state}</Chip>
            </Td>
            <Td className={`text-right ${STACKED.cell}`}>
              {onRevoke === null || token.state === 'revoked' ? null : (
                <Button
                  size="sm"
                  variant="danger"
                  aria-label={`Revoke the token ${token.name} of ${account.name}`}
                  onClick={() => onRevoke(token)}
                >
                  Revoke
                </Button>
              )}
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

/** What still works first, each the newest first. */
function inOrder(tokens: readonly TokenDto[]): TokenDto[] {
  return tokens.toSorted((a, b) => Number(b.state === 'active') - Number(a.state === 'active'));
}
