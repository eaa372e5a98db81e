// Takes the pictures of the documentation anew: `npm run screenshots`.

import journeys from "./playwright.config.ts";

export default { ...journeys, testMatch: ["screenshots.ts"], fullyParallel: false, workers: 1, timeout: 120_000 };
