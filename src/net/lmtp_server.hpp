// Takes mail in by LMTP (RFC 2033), on TCP or a Unix socket: the sockets around wire::LmtpSession.
//
// Threads: everything happens on the IoThread; MailIntake::accept is called there and must not block, its
// `done` may come from anywhere. Strangers who reach the socket are held off by the session's limits, a limit
// of connections (421 4.3.2) and time-outs for reading and writing. When the other side goes away while a
// message is being kept, the message stays kept and the sender will send it again (RFC 1047): duplicates are
// the desk's to see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "net/io_thread.hpp"
#include "ports/mail.hpp"
#include "wire/lmtp/session.hpp"

namespace hejnal::net {

struct LmtpServerOptions {
  std::string listen = "127.0.0.1:2424";  // host:port, port 0 for any free one, or unix:/path
  std::string host_name = "localhost";
  wire::LmtpLimits limits;
  std::size_t connections = 128;
  unsigned unix_mode = 0666;  // Postfix connects as its own user; narrow it by the folder
  Duration write_timeout = 1min;
};

class LmtpServer {
 public:
  // Listens when it returns. Fault::malformed: the address is none; Fault::conflict: it is taken.
  static Result<std::unique_ptr<LmtpServer>> open(IoThread& thread, ports::MailIntake& intake,
                                                  LmtpServerOptions options);
  ~LmtpServer();  // stop(0 s)

  std::uint16_t bound_port() const;

  // Takes no more connections, says 421 to those who wait, lets messages under way finish for up to `grace`,
  // then cuts. Returns when nothing of the server runs any more. Not from the io thread.
  void stop(Duration grace);

 private:
  struct State;
  explicit LmtpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace hejnal::net
