/** Waiting for work with a limit: the work goes on, the waiting ends. */

/** Whether `work` is still not done after `ms`. Rejects when the work fails before. */
export async function isLongerThan(ms: number, work: Promise<unknown> | undefined): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeIsUp = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, ms, true);
  });
  try {
    return await Promise.race([Promise.resolve(work).then(() => false), timeIsUp]);
  } finally {
    clearTimeout(timer);
  }
}
