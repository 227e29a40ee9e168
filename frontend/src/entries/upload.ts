// Page: archive/uploads.html

import { UploadController } from "../archive/upload.ts";

for (const root of document.querySelectorAll<HTMLElement>("[data-upload]")) new UploadController(root);
