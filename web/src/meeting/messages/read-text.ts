type TextReader = AsyncIterable<string>

/**
 * Reads a text stream and keeps at most `maxLength` UTF-16 units. What follows is read and forgotten, because LiveKit
 * keeps whatever is not read.
 */
export async function readText(reader: TextReader, maxLength: number): Promise<string> {
  let text = ''
  for await (const chunk of reader) {
    if (text.length < maxLength) text += chunk.slice(0, maxLength - text.length)
  }
  return text
}

/** Reads a text stream that is not wanted, so that nothing of it is kept. */
export async function discard(reader: TextReader): Promise<void> {
  await readText(reader, 0).catch(() => undefined)
}
