// Threads are named, so that `top -H` tells an administrator what is busy:
//   hejnal-ledger     decides and commits; the one writer      hejnal-net      all sockets
//   hejnal-parse-N    reads mails                              hejnal-api-N    answers the API and the pages
//   hejnal-out        composes what leaves                     hejnal-smtp-N   hands mail to the relay
//   hejnal-imap       one mailbox                              hejnal-log      keeps the database's log short
//   hejnal-http-N     calls SMS gateways                       hejnal-sms      waits for parts of long SMS
//   hejnal-pass-N     hashes passwords
//   hejnal-inspect    looks through the database after a start
//   hejnal-watch      looks whether all is well                hejnal          waits for a signal to end
#pragma once

#include <string>

namespace hejnal {

// What nobody waits for (the log, what leaves, the look through the database) gives way to the threads that
// somebody does wait for.
void give_way();
void name_this_thread(const std::string& name);  // at most 15 bytes

}  // namespace hejnal
