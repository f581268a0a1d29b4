/**
 * A stream goes on for hours: a session that ends, a token that is revoked, a role that is taken away must end it. It is
 * asked again every few seconds; whoever is not let in any more then finds the line closed, and connecting again refused.
 */
const ASK_EVERY_MS = 5_000;

/** @param stillHolds whether the stream may go on; a fault counts as no */
export function endsWithAccess(
  response: Response,
  stillHolds: () => Promise<boolean>,
  everyMs = ASK_EVERY_MS,
): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(timer);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const end = (): void => {
          stop();
          controller.close();
          void reader.cancel();
        };
        timer = setInterval(() => {
          stillHolds()
            .catch(() => false)
            .then((holds) => {
              if (!holds) end();
            })
            // Closed already, by the other side.
            .catch(stop);
        }, everyMs);
        timer.unref();
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        try {
          if (!done) controller.enqueue(value);
          else {
            stop();
            controller.close();
          }
        } catch {
          // Ended while it was read.
        }
      },
      async cancel(reason) {
        stop();
        await reader.cancel(reason);
      },
    },
    // Nothing is collected here: the stream within decides what waits.
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, headers: response.headers });
}
