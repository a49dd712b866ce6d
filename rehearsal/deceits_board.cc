// SPDX-License-Identifier: EUPL-1.2
// Deceits with the manifest, the key ceremony, the roll, the log and the files; and the controls.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "base/atomic_file.h"
#include "base/bytes.h"
#include "base/file.h"
#include "board/log_writer.h"
#include "election/record.h"
#include "election/roll.h"
#include "rehearsal/deceits.h"

namespace urna::rehearsal {
namespace {

namespace fs = std::filesystem;
using election::Dealing;
using election::DealingCommitment;
using election::PoolNumber;

constexpr std::size_t note_bytes_max = 1'000'000;

Status no_change(Forge&, const std::string&) { return ok_status(); }
Result<bool> unchanged(Forge&) { return true; }

// The dealing of the last trustee, changed; committed to and signed anew if so wished.
using DealingChange = std::function<void(Forge&, Dealing&)>;
std::function<Result<bool>(Forge&)> with_dealing(DealingChange change, bool commit_again,
                                                 bool sign_again = true) {
  return [change = std::move(change), commit_again, sign_again](Forge& forge) -> Result<bool> {
    const std::size_t last = forge.cast().trustees.size() - 1;
    const std::size_t index = *forge.find<Dealing>(last);
    Dealing dealing = forge.entry<Dealing>(index);
    change(forge, dealing);
    if (sign_again) sign(dealing, forge.cast().trustees[last].signing);
    const std::string bytes = encode(dealing);
    if (commit_again) {
      const std::size_t commitment = *forge.find<DealingCommitment>(last);
      forge.replace(commitment,
                    encode(election::commit_to(bytes, dealing, forge.cast().trustees[last])));
    }
    forge.replace(index, bytes);
    return true;
  };
}

// Puts the bytes in the manifest's place, and the entry that names them.
void replace_manifest(Forge& forge, const std::string& bytes) {
  forge.copy().files[std::string(election::manifest_path)] = bytes;
  forge.replace(0, encode(election::manifest_entry(bytes)));
}

// The record's log written anew from these entries, with the old checkpoint put back.
Status log_under_old_checkpoint(Forge& forge, const std::string& directory,
                                const std::vector<std::string>& entries) {
  const Result<std::string> note = read_file(directory + "/checkpoint", note_bytes_max);
  if (!note) return note.error();
  fs::remove_all(directory + "/tile");
  fs::remove(directory + "/checkpoint");
  const std::string beside = directory + ".log";
  Result<board::LogWriter> log = board::LogWriter::create(beside, forge.cast().board);
  if (!log) return std::move(log).error();
  for (const std::string& entry : entries) {
    if (auto added = log->append(entry); !added) return std::move(added).error();
  }
  if (Status committed = log->commit(forge.cast().board); !committed) return committed;
  fs::rename(beside + "/tile", directory + "/tile");
  fs::remove_all(beside);
  return write_file_atomically(directory + "/checkpoint", *note);
}

Status flip_byte(const std::string& path, double where) {
  Result<std::string> bytes = read_file(path, election::record_file_bytes_max);
  if (!bytes) return std::move(bytes).error();
  if (bytes->empty()) return Error{ErrorCode::malformed, "the file is empty", {path}};
  const auto at = std::min(bytes->size() - 1,
                           static_cast<std::size_t>(where * static_cast<double>(bytes->size())));
  (*bytes)[at] = static_cast<char>(static_cast<unsigned char>((*bytes)[at]) ^ 0x01U);
  return write_file_atomically(path, *bytes);
}

// The checkpoint of the record, signed by these and written to that path.
Status write_checkpoint(Forge& forge, const std::string& directory, const std::string& path,
                        const std::function<void(board::Checkpoint&)>& change,
                        std::size_t witnesses) {
  const Result<std::string> note = read_file(directory + "/checkpoint", note_bytes_max);
  if (!note) return note.error();
  const Result<board::UnverifiedNote> parsed = board::UnverifiedNote::parse(*note);
  if (!parsed) return parsed.error();
  board::Checkpoint checkpoint = parsed->checkpoint;
  change(checkpoint);
  Result<board::LogSecretKey> key =
      board::LogSecretKey::from_seed(checkpoint.origin, forge.cast().board.seed());
  if (!key) return std::move(key).error();
  const Result<std::string> signed_note = board::sign_checkpoint(checkpoint, *key);
  if (!signed_note) return signed_note.error();
  Result<board::UnverifiedNote> changed = board::UnverifiedNote::parse(*signed_note);
  if (!changed) return std::move(changed).error();
  for (std::size_t w = 0; w < witnesses; ++w) {
    const auto signature = board::cosign(checkpoint, forge.cast().witnesses[w], 1'790'000'000);
    if (!signature) return signature.error();
    if (Status added = changed->add(*signature); !added) return added;
  }
  return write_file_atomically(directory + "/" + path, changed->to_string());
}

}  // namespace

std::vector<Deceit> board_deceits() {
  std::vector<Deceit> deceits;
  const auto add = [&](const char* name, unsigned item, const char* step, const char* description,
                       std::function<Result<bool>(Forge&)> commit,
                       std::function<Status(Forge&, const std::string&)> on_disk = no_change) {
    deceits.push_back({name, item, step, description, std::move(commit), std::move(on_disk)});
  };

  // 13, 28: the manifest
  add("rules-changed", 28, "ceremony", "The rules were changed after everything named their hash.",
      [](Forge& forge) -> Result<bool> {
        election::Manifest manifest = forge.manifest();
        manifest.pools[0].money += Money{100};
        replace_manifest(forge, encode(manifest));
        return true;
      });
  add("rules-exchanged", 28, "manifest", "The manifest is another than the board names.",
      [](Forge& forge) -> Result<bool> {
        election::Manifest manifest = forge.manifest();
        manifest.pools[0].money += Money{100};
        forge.copy().files[std::string(election::manifest_path)] = encode(manifest);
        return true;
      });
  add("rules-twice", 28, "manifest|ballots", "A second manifest is appended while voting runs.",
      [](Forge& forge) -> Result<bool> {
        election::Manifest manifest = forge.manifest();
        manifest.pools[0].money += Money{100};
        forge.add_before_closing(encode(election::manifest_entry(encode(manifest))));
        return true;
      });
  add("manifest-with-group", 13, "manifest", "The manifest brings parameters of another group.",
      [](Forge& forge) -> Result<bool> {
        std::string manifest = forge.truth().copy.files.at(std::string(election::manifest_path));
        manifest[0] = static_cast<char>(manifest[0] + 1);
        manifest += std::string("\x10\x44\x01\x02\x03\x04", 6);
        replace_manifest(forge, manifest);
        return true;
      });
  add("manifest-key-identity", 14, "manifest", "The registrar's key is the identity.",
      [](Forge& forge) -> Result<bool> {
        election::Manifest manifest = forge.manifest();
        manifest.registrar = {};
        replace_manifest(forge, encode(manifest));
        return true;
      });
  add("trustee-twice", 17, "manifest", "Two trustees have the same keys.",
      [](Forge& forge) -> Result<bool> {
        election::Manifest manifest = forge.manifest();
        if (manifest.trustees.size() < 2) return false;
        manifest.trustees[1] = manifest.trustees[0];
        replace_manifest(forge, encode(manifest));
        return true;
      });
  add("trustee-without-possession", 17, "ceremony",
      "A trustee does not show to know the secrets of the card's keys.",
      [](Forge& forge) -> Result<bool> {
        election::Manifest manifest = forge.manifest();
        manifest.trustees[0].possession[70] ^= 1U;
        replace_manifest(forge, encode(manifest));
        return true;
      });

  // 17: the key ceremony
  add("dealing-chosen-later", 17, "ceremony",
      "A trustee deals otherwise than committed to, having seen the others.",
      with_dealing(
          [](Forge& forge, Dealing& dealing) {
            dealing = election::deal(forge.manifest(), forge.edition(), dealing.trustee,
                                     forge.cast().trustees.back());
          },
          false));
  add("dealing-without-possession", 17, "ceremony",
      "A dealing lacks the proof that its secret is known.",
      with_dealing([](Forge&, Dealing& dealing) { dealing.proof[40] ^= 1; }, true));
  add("dealing-index-twice", 17, "ceremony", "A dealing bears another trustee's number.",
      with_dealing([](Forge&, Dealing& dealing) { dealing.trustee = {1}; }, false));
  add("dealing-signature", 17, "ceremony", "A dealing's signature is altered.",
      with_dealing([](Forge&, Dealing& dealing) { dealing.signature[40] ^= 1U; }, true, false));
  add("dealing-identity", 14, "ceremony", "A dealing commits to the identity.",
      with_dealing(
          [](Forge&, Dealing& dealing) {
            dealing.commitments.replace(dealing.commitments.size() - 32, 32, 32, '\0');
          },
          true));
  add("dealing-before-commitments", 17, "ceremony",
      "A trustee deals before all have committed themselves.", [](Forge& forge) -> Result<bool> {
        const std::size_t last = *forge.find<DealingCommitment>(forge.cast().trustees.size() - 1);
        std::swap(forge.copy().entries[last], forge.copy().entries[last + 1]);
        return true;
      });
  add("acceptance-missing", 17, "ceremony", "A trustee did not accept the dealings.",
      [](Forge& forge) -> Result<bool> {
        const std::size_t index = *forge.find<election::Acceptance>();
        forge.copy().entries.erase(forge.copy().entries.begin() +
                                   static_cast<std::ptrdiff_t>(index));
        return true;
      });
  add("acceptance-of-other-key", 17, "ceremony", "A trustee accepted another joint key.",
      [](Forge& forge) -> Result<bool> {
        const std::size_t index = *forge.find<election::Acceptance>();
        election::Acceptance acceptance = forge.entry<election::Acceptance>(index);
        acceptance.joint_key = forge.cast().registrar.key;
        sign(acceptance, forge.cast().trustees[0].signing);
        forge.replace(index, encode(acceptance));
        return true;
      });

  // The roll and the opening
  add("roll-entry-unsigned", 8, "roll", "The roll is not signed by the registrar.",
      [](Forge& forge) -> Result<bool> {
        const std::size_t index = *forge.find<election::RollEntry>();
        election::RollEntry roll = forge.entry<election::RollEntry>(index);
        sign(roll, proof::SigningKey::random());
        forge.replace(index, encode(roll));
        return true;
      });
  add("roll-person-added", 8, "roll", "A person more stands on the roll than was signed.",
      [](Forge& forge) -> Result<bool> {
        const Result<election::Roll> roll =
            election::Roll::decode(forge.copy().files.at(std::string(election::roll_path)));
        if (!roll) return roll.error();
        std::vector<election::RollLine> lines;
        for (std::uint32_t person = 0; person < roll->size(); ++person) {
          const auto pools = roll->pools(person);
          lines.push_back({roll->pseudonym(person), {pools.begin(), pools.end()}});
        }
        election::Pseudonym nobody;
        nobody.octets.fill(0x5a);
        lines.push_back({nobody, {PoolNumber{0}}});
        std::ranges::sort(lines, {}, &election::RollLine::pseudonym);
        forge.copy().files[std::string(election::roll_path)] = election::encode_roll(lines);
        return true;
      });
  add("opening-with-other-key", 17, "roll", "The opening names another joint key.",
      [](Forge& forge) -> Result<bool> {
        const std::size_t index = *forge.find<election::Opening>();
        election::Opening opening = forge.entry<election::Opening>(index);
        opening.joint_key = forge.cast().registrar.key;
        sign(opening, election::OfficialNumber{0}, forge.cast().officials[0],
             election::OfficialNumber{1}, forge.cast().officials[1]);
        forge.replace(index, encode(opening));
        return true;
      });
  add("opened-by-one-official", 28, "roll", "One official alone opens the vote.",
      [](Forge& forge) -> Result<bool> {
        const std::size_t index = *forge.find<election::Opening>();
        election::Opening opening = forge.entry<election::Opening>(index);
        opening.signatures[1].signature = opening.signatures[0].signature;
        forge.replace(index, encode(opening));
        return true;
      });
  add("closed-by-one-official", 28, "ballots", "One official alone closes the vote.",
      [](Forge& forge) -> Result<bool> {
        const std::size_t index = *forge.find<election::Closing>();
        election::Closing closing = forge.entry<election::Closing>(index);
        closing.signatures[1].signature = closing.signatures[0].signature;
        forge.replace(index, encode(closing));
        return true;
      });
  // The extension changed, and signed anew if so wished.
  using ExtensionChange = std::function<void(election::Extension&)>;
  const auto with_extension = [](ExtensionChange change, bool sign_again) {
    return [change = std::move(change), sign_again](Forge& forge) -> Result<bool> {
      const auto index = forge.find<election::Extension>();
      if (!index) return false;
      election::Extension extension = forge.entry<election::Extension>(*index);
      change(extension);
      if (sign_again) {
        sign(extension, election::OfficialNumber{0}, forge.cast().officials[0],
             election::OfficialNumber{1}, forge.cast().officials[1]);
      }
      forge.replace(*index, encode(extension));
      return true;
    };
  };
  add("extended-too-late", 28, "ballots", "The voting is extended when it was over.",
      with_extension([](election::Extension& entry) { entry.time = entry.replaces; }, true));
  add("extended-before-the-opening", 28, "ballots",
      "The extension states a time before the opening.",
      with_extension([](election::Extension& entry) { entry.time = 1; }, true));
  add("extended-to-an-earlier-end", 28, "ballots", "An extension shortens the voting.",
      with_extension([](election::Extension& entry) { entry.closes = entry.replaces - 1800; },
                     true));
  add("extended-for-too-long", 28, "ballots", "An extension is of more than 31 days.",
      with_extension(
          [](election::Extension& entry) {
            entry.closes = entry.replaces + election::extension_seconds_max + 1;
          },
          true));
  add("extended-from-another-end", 28, "ballots",
      "An extension replaces an end of the voting that is not in force.",
      with_extension([](election::Extension& entry) { entry.replaces += 60; }, true));
  add("extended-by-one-official", 28, "ballots", "One official alone extends the voting.",
      with_extension(
          [](election::Extension& entry) {
            entry.signatures[1].signature = entry.signatures[0].signature;
          },
          false));
  add("extended-by-one-official-twice", 28, "ballots",
      "One official extends the voting under one number twice.",
      with_extension([](election::Extension& entry) { entry.signatures[1] = entry.signatures[0]; },
                     false));
  add("extension-reason-altered", 28, "ballots", "The reason of an extension is altered.",
      with_extension([](election::Extension& entry) { entry.reason_pl += " Albo i nie."; }, false));
  add("extension-end-altered", 28, "ballots", "The new end of the voting is altered.",
      with_extension([](election::Extension& entry) { entry.closes += 60; }, false));
  add("extension-removed", 28, "ballots",
      "The extension is removed; certificates of the time that it added remain.",
      [](Forge& forge) -> Result<bool> {
        const auto index = forge.find<election::Extension>();
        if (!index) return false;
        std::vector<std::string>& entries = forge.copy().entries;
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(*index));
        return true;
      });
  add("extended-twice", 28, "ballots", "The extension stands on the board twice.",
      [](Forge& forge) -> Result<bool> {
        const auto index = forge.find<election::Extension>();
        if (!index) return false;
        forge.add_before_closing(forge.copy().entries[*index]);
        return true;
      });
  add("closed-before-a-certificate", 28, "ballots",
      "The closing is dated before a certificate that stands on the board.",
      [](Forge& forge) -> Result<bool> {
        const auto extension = forge.find<election::Extension>();
        if (!extension) return false;
        const std::size_t index = *forge.find<election::Closing>();
        election::Closing closing = forge.entry<election::Closing>(index);
        closing.time = forge.entry<election::Extension>(*extension).time;
        sign(closing, election::OfficialNumber{0}, forge.cast().officials[0],
             election::OfficialNumber{1}, forge.cast().officials[1]);
        forge.replace(index, encode(closing));
        return true;
      });

  // 20: the log
  add("log-reordered", 20, "log", "Two entries are exchanged under the old checkpoint.", unchanged,
      [](Forge& forge, const std::string& directory) {
        std::vector<std::string> entries = forge.truth().copy.entries;
        std::swap(entries[entries.size() / 2], entries[entries.size() / 2 + 1]);
        return log_under_old_checkpoint(forge, directory, entries);
      });
  add("log-entry-changed", 20, "log", "An entry is changed under the old checkpoint.", unchanged,
      [](Forge& forge, const std::string& directory) {
        std::vector<std::string> entries = forge.truth().copy.entries;
        entries[entries.size() / 2].back() ^= 1;
        return log_under_old_checkpoint(forge, directory, entries);
      });
  add(
      "log-truncated", 20, "log", "The last entries are cut off, and kept checkpoints remain.",
      [](Forge& forge) -> Result<bool> {
        forge.copy().entries.resize(*forge.find<election::Closing>());
        return true;
      },
      [](Forge& forge, const std::string& directory) {
        const std::size_t size = *forge.find<election::Closing>() + 1;
        return write_checkpoint(
            forge, directory, election::checkpoint_path(size),
            [size](board::Checkpoint& checkpoint) { checkpoint.size = size; }, 2);
      });
  add("two-roots", 20, "log", "The board signed two histories of one length.", unchanged,
      [](Forge& forge, const std::string& directory) {
        const std::size_t size = *forge.find<election::Closing>() + 1;
        return write_checkpoint(
            forge, directory, election::checkpoint_path(size),
            [size](board::Checkpoint& checkpoint) { checkpoint.size = size; }, 2);
      });
  add("cosignatures-missing", 20, "log", "The newest checkpoint lacks a witness.", unchanged,
      [](Forge& forge, const std::string& directory) {
        return write_checkpoint(
            forge, directory, "checkpoint", [](board::Checkpoint&) {}, 1);
      });
  add("checkpoint-of-other-log", 20, "log", "The checkpoint is another log's.", unchanged,
      [](Forge& forge, const std::string& directory) {
        return write_checkpoint(
            forge, directory, "checkpoint",
            [](board::Checkpoint& checkpoint) { checkpoint.origin += "x"; }, 2);
      });
  add("checkpoint-of-closing-missing", 20, "log", "The checkpoint of the closing is missing.",
      unchanged, [](Forge& forge, const std::string& directory) {
        const std::size_t size = *forge.find<election::Closing>() + 1;
        fs::remove(directory + "/" + election::checkpoint_path(size));
        return ok_status();
      });

  // 27: bytes and files
  struct Flip {
    const char* name;
    const char* file;
    const char* step;
  };
  for (const Flip& flip :
       {Flip{"byte-in-checkpoint", "checkpoint", "log"},
        Flip{"byte-in-entries", "tile/entries/000.p/*", "log"},
        Flip{"byte-in-hash-tile", "tile/0/000.p/*", "log"},
        Flip{"byte-in-manifest", "manifest.cbor", "manifest"},
        Flip{"byte-in-roll", "roll.cbor", "roll"}, Flip{"byte-in-mix", "mix/0-1.cbor", "mix"},
        Flip{"byte-in-shares", "decryption/0-1.cbor", "decryption"},
        Flip{"byte-in-plaintexts", "plaintexts/0.bin", "decryption"},
        Flip{"byte-in-published-votes", "result/0.pb", "result"}}) {
    deceits.push_back({flip.name, 27, flip.step,
                       std::string("One bit is flipped in ") + flip.file + ".", unchanged,
                       [file = std::string(flip.file)](Forge&, const std::string& directory) {
                         std::string path = directory + "/" + file;
                         if (path.ends_with("/000.p/*")) {
                           // Full tiles have no ending; the first tile is full in all but the
                           // shortest logs.
                           const std::string tile = path.substr(0, path.size() - 4);
                           path = tile;
                           if (!fs::exists(path)) {
                             path = fs::directory_iterator(tile + ".p")->path().string();
                           }
                         }
                         return flip_byte(path, 0.6);
                       }});
  }
  add("file-too-many", 27, "files", "A file lies in the record that no entry names.", unchanged,
      [](Forge&, const std::string& directory) {
        return write_file_atomically(directory + "/mix/0-99.cbor", "nothing");
      });
  add("file-missing", 27, "mix", "The file of a mix is missing.", unchanged,
      [](Forge&, const std::string& directory) {
        fs::remove(directory + "/mix/0-1.cbor");
        return ok_status();
      });
  return deceits;
}

std::vector<Deceit> all_deceits() {
  std::vector<Deceit> deceits;
  // What the forger's tools make honestly must be accepted: then a refusal is due to the deceit.
  deceits.push_back({"control-copied", 0, "", "The true record, written again.", unchanged});
  deceits.push_back({"control-tallied-again", 0, "", "Closed and tallied again, honestly.",
                     [](Forge& forge) -> Result<bool> {
                       if (Status done = forge.tally_again({}); !done) {
                         return std::move(done).error();
                       }
                       return true;
                     }});
  deceits.push_back({"control-ballot-added", 0, "", "One honest ballot more, tallied again.",
                     [](Forge& forge) -> Result<bool> {
                       const auto voter = forge.voter({PoolNumber{0}}, 3);
                       forge.add_before_closing(encode(forge.ballot(voter, PoolNumber{0})));
                       if (Status done = forge.tally_again({}); !done) {
                         return std::move(done).error();
                       }
                       return true;
                     }});
  for (std::vector<Deceit> (*part)() :
       {board_deceits, ballot_deceits, contest_deceits, paper_deceits, tally_deceits}) {
    std::ranges::move(part(), std::back_inserter(deceits));
  }
  return deceits;
}

}  // namespace urna::rehearsal
