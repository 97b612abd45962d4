// Whether a connection that begins in clear text is to become TLS (RFC 3207, RFC 2595).
#pragma once

namespace hejnal::net {

enum class StartTls {
  none,
  try_it,   // where it is offered; somebody in the middle can remove the offer
  require,  // or there is no connection
};

}  // namespace hejnal::net
