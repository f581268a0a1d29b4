/** A certificate that signs itself, for 127.0.0.1. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export function certify(folder: string, name: string): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const to = ['-keyout', keyFile, '-out', certFile, '-subj', `/CN=${name}`, '-days', '2', '-nodes'];
  const how = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-addext'];
  execFileSync('openssl', ['req', '-x509', ...how, 'subjectAltName=IP:127.0.0.1', ...to], {
    stdio: 'ignore',
  });
  return { certFile, keyFile };
}
