import { CodeLine } from '@/components/ui/code-line';

/** How to bring a secret key along, and why not through this page. */
export function ImportKeyNote({ stage }: { stage: string }) {
  return (
    <div className="grid gap-2 border-t border-line px-3.5 py-3">
      <h3 className="font-semibold">Import a secret key</h3>
      <p className="max-w-[80ch] text-muted">
        A secret key must not pass through a browser or the web process, so there is no field for it here. Run
        this on the server, as the user that Treeline runs as. The file is what <code>ostree sign</code> reads
        (ed25519: base64 of 64 bytes), or an exported GPG secret key.
      </p>
      <CodeLine
        label="command for ed25519"
        text={`treeline key import ${stage} /path/to/secret.key --type=ed25519`}
      />
      <CodeLine
        label="command for GPG"
        text={`treeline key import ${stage} /path/to/secret.asc --type=gpg`}
      />
    </div>
  );
}
