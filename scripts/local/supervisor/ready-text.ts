// What a person reads once the stack is up: where it is, and a payment to try.

export type Ready = { url: string; home: string; milliseconds: number; timeScale: string };

/** The first line is the one that tools wait for. */
export const readyText = ({ url, home, milliseconds, timeScale }: Ready): string => `\
Contra is ready on ${url} (${(milliseconds / 1000).toFixed(1)} s, CONTRA_TIME_SCALE=${timeScale}, logs in ${home}/logs)

  TOKEN=$(make -s token MERCHANT=demo URL=${url})
  curl -i ${url}/payments -H "Authorization: Bearer $TOKEN" -H "Idempotency-Key: first" \\
    -H "Content-Type: application/json" \\
    -d '{"amount":500,"currency":"INR","user_id":"7b0c6f0e-5b7e-4c35-9d5f-0c1f6a3f2d11"}'
`;
