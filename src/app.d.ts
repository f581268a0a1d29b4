import type { Locale } from '#lib/paraglide/runtime.js';
import type { Access } from '#lib/server/auth/access.ts';
import type { Theme } from '#lib/components/shell/theme.ts';

declare global {
  namespace App {
    interface Error {
      message: string;
      /** the code of the fault, to be found in docs/errors.md */
      code?: string;
    }
    interface Locals {
      locale: Locale;
      theme: Theme;
      /** what this request may see and do */
      access: Access;
    }
  }
}
