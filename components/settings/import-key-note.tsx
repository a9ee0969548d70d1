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
      <CodeLine text={`treeline key import ${stage} --type=ed25519 --file=/path/to/secret.key`} />
      <CodeLine text={`treeline key import ${stage} --type=gpg --file=/path/to/secret.asc`} />
    </div>
  );
}
