"""A moto server for the tests, which ends with whoever holds its standard input. Writes its address."""

import logging
import os
import sys
import threading

from moto.core.config import default_user_config
from moto.iam.models import iam_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server


def end_with_caller():
    sys.stdin.read()
    os._exit(0)


# Functions answer with what they are sent, without Docker.
default_user_config["lambda"]["use_docker"] = False
# What takes a role wants it to be there.
iam_backends["123456789012"]["aws"].create_role("tests", "{}", "/", None, "", [], "3600")
logging.getLogger("werkzeug").setLevel(logging.ERROR)
app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=MotoRequestHandler)
print(f"http://127.0.0.1:{server.port}", flush=True)
# Nobody reads on.
sys.stdout = sys.stderr
threading.Thread(target=end_with_caller, daemon=True).start()
server.serve_forever()
