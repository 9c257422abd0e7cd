// The same shop, recorded by the X-Ray SDK for Node. Arguments: the address of a local X-Ray, requests to be made.

import { createRequire } from "node:module";

// Unlike `import`, it looks for packages where NODE_PATH says.
const xray = createRequire(import.meta.url)("aws-xray-sdk-core");
const [address, requests] = process.argv.slice(2);
xray.setDaemonAddress(address);
xray.enableManualMode();
for (let number = 0; number < Number(requests); number++) {
  const segment = new xray.Segment("shop-node");
  segment.http = { request: { method: "GET", url: `http://shop/orders/${number}` }, response: { status: 200 } };
  segment.addAnnotation("order", number);
  const call = segment.addNewSubsegment("stock");
  call.namespace = "remote";
  call.http = { request: { method: "GET", url: "http://stock/" }, response: { status: 503 } };
  call.addFaultFlag();
  call.close();
  segment.close();
}
