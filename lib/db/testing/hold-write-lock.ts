import { createClient } from '@libsql/client/sqlite3';

/**
 * Locks a SQLite database as another writer does, while `work` goes on: everybody can read, and nobody else can write.
 *
 * @param url as `openDatabase` takes it
 */
export async function holdWriteLock(url: string, work: () => Promise<void>): Promise<void> {
  const client = createClient({ url });
  try {
    const transaction = await client.transaction('write');
    try {
      await work();
    } finally {
      transaction.close();
    }
  } finally {
    client.close();
  }
}
