/**
 * Bytes that a browser saves and never shows. `fileName` is made by Treeline of stage names and hex digits.
 */
export function downloadResponse(
  bytes: Uint8Array | string,
  fileName: string,
  contentType: string,
): Response {
  if (!/^[A-Za-z0-9._-]+$/.test(fileName)) throw new Error("a file name that a header can't hold");
  const body = typeof bytes === 'string' ? bytes : new Uint8Array(bytes);
  return new Response(body, {
    headers: { 'Content-Type': contentType, 'Content-Disposition': `attachment; filename="${fileName}"` },
  });
}
