import { Download } from 'lucide-react';
import { Card } from '@/components/ui/card';
import { CodeLine } from '@/components/ui/code-line';
import type { StageClientDto } from '@/lib/contracts/stage';

/** What a device needs to pull from the stage: the keys, and the line that adds the remote. */
export function ClientCard({ client }: { client: StageClientDto }) {
  return (
    <Card title="Pull from here">
      <div className="grid gap-3">
        <div className="grid gap-1">
          <p className="text-muted">Clients find the repository at</p>
          <CodeLine text={client.url} label="repository URL" />
        </div>
        {client.keyFiles.length === 0 ? (
          <p className="text-wait">
            The stage has no signing key, so clients can’t check what they pull. An admin can generate one in
            settings.
          </p>
        ) : (
          <div className="grid gap-1">
            <p className="text-muted">1. Bring the public keys to the device</p>
            <ul className="grid gap-1">
              {client.keyFiles.map((file) => (
                <li key={file.fileName}>
                  <a
                    href={file.href}
                    download={file.fileName}
                    className="link-inline inline-flex min-h-6 items-center gap-1.5 font-mono text-sm"
                  >
                    <Download aria-hidden="true" className="size-3.5 shrink-0" />
                    {file.fileName}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="grid gap-1">
          <p className="text-muted">
            {client.keyFiles.length === 0
              ? 'Add the remote'
              : '2. In the folder that holds them, add the remote'}
          </p>
          <CodeLine text={client.remoteAddCommand} label="command" />
        </div>
      </div>
    </Card>
  );
}
