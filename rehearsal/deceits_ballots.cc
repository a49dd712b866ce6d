// SPDX-License-Identifier: EUPL-1.2
// Deceits with ballots, certificates and annulments.
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "group/multiply_vartime.h"
#include "proof/equations.h"
#include "rehearsal/deceits.h"

namespace urna::rehearsal {
namespace {

using election::Ballot;
using election::PoolNumber;
using election::SealedContent;
using group::Element;
using group::Scalar;
using Voter = Forge::Voter;

constexpr PoolNumber first_pool{0};

// A ballot of a new voter, in order but for what `change` does before it is signed.
using Change = std::function<Result<bool>(Forge&, Ballot&, Voter&)>;
std::function<Result<bool>(Forge&)> with_ballot(Change change, bool sign_again = true) {
  return [change = std::move(change), sign_again](Forge& forge) -> Result<bool> {
    Voter voter = forge.voter({first_pool});
    Ballot ballot = forge.ballot(voter, first_pool);
    Result<bool> possible = change(forge, ballot, voter);
    if (!possible || !*possible) return possible;
    if (sign_again) Forge::sign_again(ballot, voter);
    forge.add_before_closing(encode(ballot));
    return true;
  };
}

void flip(std::string& bytes, std::size_t at, unsigned bit = 0) {
  bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ (1U << bit));
}

std::string packed(const Element& element) { return std::string(view_of(element.encode())); }

Element element_at(std::string_view bytes, std::size_t index) {
  return Element::decode(proof::packed_at(bytes, index)).value();
}

// The scalar plus the group's order: the same number to a careless reader.
void add_order(std::string& bytes, std::size_t at) {
  std::string order = std::string(view_of((Scalar() - Scalar::of(1)).encode()));
  order[0] = static_cast<char>(order[0] + 1);
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const unsigned sum =
        static_cast<unsigned char>(bytes[at + i]) + static_cast<unsigned char>(order[i]) + carry;
    bytes[at + i] = static_cast<char>(sum & 0xffU);
    carry = sum >> 8U;
  }
}

// A ballot of the true record in the first pool.
const Ballot* other_ballot(const Forge& forge) {
  for (std::size_t n = 0;; ++n) {
    const auto index = forge.find<Ballot>(n);
    if (!index) return nullptr;
    if (forge.entry<Ballot>(*index).pool == first_pool) return &forge.entry<Ballot>(*index);
  }
}

}  // namespace

std::vector<Deceit> ballot_deceits() {
  std::vector<Deceit> deceits;
  const auto add = [&](const char* name, unsigned item, const char* description,
                       std::function<Result<bool>(Forge&)> commit) {
    deceits.push_back({name, item, "ballots", description, std::move(commit)});
  };

  // 1, 3: proofs and signatures
  for (const unsigned k : {0U, 1U}) {
    add(k == 0 ? "proof-commitment" : "proof-response", 1,
        k == 0 ? "The commitment in a ballot's proof is another element."
               : "The response in a ballot's proof is another number.",
        with_ballot([k](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
          const std::size_t half = ballot.proof.size() / 2;
          if (k == 0) {
            ballot.proof.replace(0, 32, packed(forge.truth().joint_key.element));
          } else {
            flip(ballot.proof, half);
          }
          return true;
        }));
  }
  add("proof-of-other-ballot", 1, "A ballot carries the proof of another ballot.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
        const Ballot* other = other_ballot(forge);
        if (other != nullptr) ballot.proof = other->proof;
        return other != nullptr;
      }));
  add("signature-bit", 3, "One bit of a ballot's signature is flipped.",
      with_ballot(
          [](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
            ballot.signature[32] = static_cast<std::uint8_t>(ballot.signature[32] ^ 1U);
            return true;
          },
          false));
  add("signature-of-other-key", 3, "A ballot is signed with a key that is not the voter's.",
      with_ballot(
          [](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
            sign(ballot, proof::SigningKey::random());
            return true;
          },
          false));
  add("certificate-signature-bit", 3, "One bit of a certificate's signature is flipped.",
      with_ballot([](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
        ballot.certificate.signature[40] =
            static_cast<std::uint8_t>(ballot.certificate.signature[40] ^ 1U);
        return true;
      }));
  add("certificate-self-signed", 8, "A certificate is not signed by the registrar.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
        ballot.certificate.signature = proof::sign(
            proof::SigningKey::random(), signature_transcript(ballot.certificate, forge.edition()));
        return true;
      }));
  add("cancelling-errors", 22, "Two ballots whose errors cancel if they are summed up unweighted.",
      [](Forge& forge) -> Result<bool> {
        for (const bool up : {true, false}) {
          const Voter voter = forge.voter({first_pool});
          Ballot ballot = forge.ballot(voter, first_pool);
          const std::string_view signature = view_of(ballot.signature);
          const Scalar s = Scalar::decode(proof::packed_at(signature, 1)).value();
          const Scalar moved = up ? s + Scalar::of(1) : s - Scalar::of(1);
          std::copy(moved.encode().begin(), moved.encode().end(), ballot.signature.begin() + 32);
          forge.add_before_closing(encode(ballot));
        }
        return true;
      });

  // 4, 5, 19: ciphertexts
  add("ciphertext-copied", 4, "A ciphertext and its proof are copied from another voter.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
        const Ballot* other = other_ballot(forge);
        if (other == nullptr) return false;
        ballot.ciphertext = other->ciphertext;
        ballot.proof = other->proof;
        return true;
      }));
  add("ciphertext-rerandomised", 4, "A ciphertext is another voter's, encrypted once more.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
        const Ballot* other = other_ballot(forge);
        if (other == nullptr) return false;
        ballot.ciphertext.clear();
        for (std::size_t k = 0; k < proof::packed_count(other->ciphertext); k += 2) {
          ballot.ciphertext +=
              packed(element_at(other->ciphertext, k) + Element::generator()) +
              packed(element_at(other->ciphertext, k + 1) + forge.truth().joint_key.element);
        }
        ballot.proof = other->proof;
        return true;
      }));
  add("ciphertext-raised", 4, "A ciphertext is another voter's multiplied by three.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
        const Ballot* other = other_ballot(forge);
        if (other == nullptr) return false;
        ballot.ciphertext.clear();
        for (std::size_t k = 0; k < proof::packed_count(other->ciphertext); ++k) {
          ballot.ciphertext +=
              packed(group::mul_vartime(Scalar::of(3), element_at(other->ciphertext, k)));
        }
        ballot.proof = other->proof;
        return true;
      }));
  add("same-randomness", 19, "Two voters' ballots are encrypted with the same randomness.",
      [](Forge& forge) -> Result<bool> {
        const Voter first = forge.voter({first_pool});
        const Voter second = forge.voter({first_pool});
        const SealedContent sealed = forge.seal(first_pool);
        for (const Voter* voter : {&first, &second}) {
          forge.add_before_closing(
              encode(election::cast_sealed({forge.edition(), first_pool, voter->certificate, 0, {}},
                                           forge.truth().joint_key, sealed, voter->key)));
        }
        return true;
      });
  add("parts-swapped", 5, "Two parts of a ballot of several elements are swapped.",
      [](Forge& forge) -> Result<bool> {
        for (std::size_t p = 0; p < forge.manifest().pools.size(); ++p) {
          const PoolNumber pool{static_cast<PoolNumber::Value>(p)};
          if (forge.truth().state.terms(pool).layout.width < 2) continue;
          const Voter voter = forge.voter({pool});
          Ballot ballot = forge.ballot(voter, pool);
          std::rotate(ballot.ciphertext.begin(), ballot.ciphertext.begin() + 64,
                      ballot.ciphertext.begin() + 128);
          Forge::sign_again(ballot, voter);
          forge.add_before_closing(encode(ballot));
          return true;
        }
        return false;
      });
  add("halves-swapped", 5, "The two halves of a ciphertext are swapped.",
      with_ballot([](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
        std::rotate(ballot.ciphertext.begin(), ballot.ciphertext.begin() + 32,
                    ballot.ciphertext.begin() + 64);
        return true;
      }));

  // 6: places
  add("other-edition", 6, "A ballot names another edition.",
      with_ballot([](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
        ballot.edition.octets[5] ^= 1U;
        return true;
      }));
  add("other-edition-signed-for-this", 6,
      "A ballot made, proved and certified for another edition is cast in this one.",
      [](Forge& forge) -> Result<bool> {
        election::EditionHash elsewhere = forge.edition();
        elsewhere.octets[0] ^= 1U;
        const Voter voter = forge.voter({first_pool});
        Ballot ballot =
            election::cast_sealed({elsewhere, first_pool, voter.certificate, 0, {}},
                                  forge.truth().joint_key, forge.seal(first_pool), voter.key);
        ballot.edition = forge.edition();
        forge.add_before_closing(encode(ballot));
        return true;
      });
  add("other-pool", 6, "A ballot made for one pool is cast in another.",
      [](Forge& forge) -> Result<bool> {
        const auto width = [&](std::size_t p) {
          return forge.truth()
              .state.terms(PoolNumber{static_cast<PoolNumber::Value>(p)})
              .layout.width;
        };
        for (std::size_t p = 1; p < forge.manifest().pools.size(); ++p) {
          if (width(p) != width(0)) continue;
          const PoolNumber pool{static_cast<PoolNumber::Value>(p)};
          const Voter voter = forge.voter({first_pool, pool});
          Ballot ballot = forge.ballot(voter, first_pool);
          ballot.pool = pool;
          Forge::sign_again(ballot, voter);
          forge.add_before_closing(encode(ballot));
          return true;
        }
        return false;
      });
  add("pool-not-certified", 6, "A ballot is cast in a pool that the certificate does not list.",
      [](Forge& forge) -> Result<bool> {
        if (forge.manifest().pools.size() < 2) return false;
        const Voter voter = forge.voter({PoolNumber{1}});
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });
  add("pool-unknown", 6, "A ballot names a pool that the edition does not have.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
        ballot.pool = PoolNumber{static_cast<PoolNumber::Value>(forge.manifest().pools.size())};
        return true;
      }));
  add("other-voter", 6, "A ballot made by one voter is cast with another's certificate.",
      [](Forge& forge) -> Result<bool> {
        const Voter first = forge.voter({first_pool});
        const Voter second = forge.voter({first_pool});
        Ballot ballot = forge.ballot(first, first_pool);
        ballot.certificate = second.certificate;
        Forge::sign_again(ballot, second);
        forge.add_before_closing(encode(ballot));
        return true;
      });

  // 7: replay
  add("replayed", 7, "A ballot is appended a second time.", [](Forge& forge) -> Result<bool> {
    const auto index = forge.find<Ballot>();
    if (!index) return false;
    forge.add_before_closing(forge.truth().copy.entries[*index]);
    return true;
  });
  add("superseded-again", 7, "A superseded ballot is appended again to supersede its successor.",
      [](Forge& forge) -> Result<bool> {
        for (std::size_t n = 0;; ++n) {
          const auto later = forge.find<Ballot>(n);
          if (!later) return false;
          const Ballot& successor = forge.entry<Ballot>(*later);
          if (successor.counter == 0) continue;
          for (std::size_t m = 0; m < n; ++m) {
            const auto earlier = forge.find<Ballot>(m);
            const Ballot& ballot = forge.entry<Ballot>(*earlier);
            if (ballot.pool != successor.pool ||
                ballot.certificate.pseudonym != successor.certificate.pseudonym) {
              continue;
            }
            forge.add_before_closing(forge.truth().copy.entries[*earlier]);
            return true;
          }
        }
      });
  add("counter-skipped", 7, "A voter's first ballot has the counter 1.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter&) -> Result<bool> {
        const Ballot* other = other_ballot(forge);
        if (other == nullptr) return false;
        ballot.counter = 1;
        ballot.previous = forge.truth().state.ballot_entry(0);
        return true;
      }));
  add("previous-wrong", 7, "A second ballot names another ballot than the voter's previous one.",
      [](Forge& forge) -> Result<bool> {
        const Voter voter = forge.voter({first_pool});
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        Ballot second =
            election::cast_sealed({forge.edition(), first_pool, voter.certificate, 1,
                                   forge.truth().state.ballot_entry(0)},
                                  forge.truth().joint_key, forge.seal(first_pool), voter.key);
        forge.add_before_closing(encode(second));
        return true;
      });

  // 8, 16: certificates
  add("not-on-roll", 8, "A certified pseudonym is not on the roll.",
      [](Forge& forge) -> Result<bool> {
        election::Pseudonym nobody;
        nobody.octets.fill(0x5a);
        const Voter voter = forge.voter_named(nobody, {first_pool}, 2, forge.new_serial());
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });
  add("serial-used", 8, "Two certificates bear the same serial number.",
      [](Forge& forge) -> Result<bool> {
        const std::uint64_t serial = forge.new_serial();
        for (std::size_t k = 0; k < 2; ++k) {
          const Voter voter = forge.voter_named(forge.truth().idle[k], {first_pool}, 2, serial);
          forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        }
        return true;
      });
  add("more-ballots-than-certificates", 8,
      "The registrar states fewer certificates than the board shows.",
      [](Forge& forge) -> Result<bool> {
        const auto index = forge.find<election::Issuance>();
        election::Issuance issuance = forge.entry<election::Issuance>(*index);
        if (issuance.certificates < 2) return false;
        issuance.certificates /= 2;
        sign(issuance, forge.cast().registrar);
        forge.replace(*index, encode(issuance));
        return true;
      });
  add("level-too-low", 8, "A certificate is of a lower assurance level than the edition asks.",
      [](Forge& forge) -> Result<bool> {
        const std::uint8_t lowest = forge.manifest().lowest_level;
        if (lowest <= 2) return false;
        const Voter voter = forge.voter({first_pool}, static_cast<std::uint8_t>(lowest - 1));
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });
  add("certificate-after-closing", 8, "A certificate was issued after the closing.",
      [](Forge& forge) -> Result<bool> {
        const auto key = proof::SigningKey::random();
        Voter voter{
            key, election::issue_certificate(
                     forge.edition(), forge.cast().registrar, forge.truth().idle[0], key.key, 2,
                     {first_pool}, forge.truth().state.closing_time() + 7200, forge.new_serial())};
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });
  add("certificate-after-the-end-in-force", 8,
      "A certificate was issued between the end of the voting and a late closing.",
      [](Forge& forge) -> Result<bool> {
        const std::size_t index = *forge.find<election::Closing>();
        election::Closing closing = forge.entry<election::Closing>(index);
        closing.time += 14'400;
        sign(closing, election::OfficialNumber{0}, forge.cast().officials[0],
             election::OfficialNumber{1}, forge.cast().officials[1]);
        forge.replace(index, encode(closing));
        const auto key = proof::SigningKey::random();
        Voter voter{
            key, election::issue_certificate(
                     forge.edition(), forge.cast().registrar, forge.truth().idle[0], key.key, 2,
                     {first_pool}, forge.truth().state.term().closes + 7200, forge.new_serial())};
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });
  add("certificate-of-other-key", 16, "A ballot is signed with another key than the certified one.",
      [](Forge& forge) -> Result<bool> {
        Voter voter = forge.voter({first_pool});
        voter.key = proof::SigningKey::random();
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });
  add("certificate-key-exchanged", 16, "The voter's key in a certificate is exchanged.",
      [](Forge& forge) -> Result<bool> {
        Voter voter = forge.voter({first_pool});
        voter.key = proof::SigningKey::random();
        voter.certificate.voter_key = voter.key.key;
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });

  // 14: encodings
  add("alpha-identity", 14, "The first half of a ciphertext is the identity.",
      with_ballot([](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
        ballot.ciphertext.replace(0, 32, std::string(32, '\0'));
        return true;
      }));
  add("beta-identity", 14, "The second half of a ciphertext is the identity.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter& voter) -> Result<bool> {
        SealedContent sealed = forge.seal(first_pool);
        sealed.ciphertext.replace(32, 32, std::string(32, '\0'));
        ballot = election::cast_sealed({forge.edition(), first_pool, voter.certificate, 0, {}},
                                       forge.truth().joint_key, sealed, voter.key);
        return true;
      }));
  add("beta-bit-255", 14, "The second half of a ciphertext has bit 255 set.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter& voter) -> Result<bool> {
        SealedContent sealed = forge.seal(first_pool);
        flip(sealed.ciphertext, 63, 7);
        ballot = election::cast_sealed({forge.edition(), first_pool, voter.certificate, 0, {}},
                                       forge.truth().joint_key, sealed, voter.key);
        return true;
      }));
  add("beta-no-element", 14, "The second half of a ciphertext encodes no element.",
      with_ballot([](Forge& forge, Ballot& ballot, Voter& voter) -> Result<bool> {
        SealedContent sealed = forge.seal(first_pool);
        sealed.ciphertext.replace(32, 32, std::string(31, '\x01') + '\0');
        ballot = election::cast_sealed({forge.edition(), first_pool, voter.certificate, 0, {}},
                                       forge.truth().joint_key, sealed, voter.key);
        return true;
      }));
  add("response-not-reduced", 14, "The response of a ballot's proof is not below the order.",
      with_ballot([](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
        add_order(ballot.proof, ballot.proof.size() / 2);
        return true;
      }));
  add("signature-not-reduced", 14, "The number in a ballot's signature is not below the order.",
      with_ballot(
          [](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
            std::string bytes(view_of(ballot.signature));
            add_order(bytes, 32);
            ballot.signature = array_of<64>(bytes);
            return true;
          },
          false));
  add("voter-key-identity", 14, "The voter's key is the identity, for which anyone can sign.",
      [](Forge& forge) -> Result<bool> {
        Voter voter = forge.voter({first_pool});
        voter.certificate.voter_key = {};
        voter.certificate.signature = proof::sign(
            forge.cast().registrar, signature_transcript(voter.certificate, forge.edition()));
        voter.key.key = {};
        voter.key.secret = group::SecretScalar::from_public(Scalar());
        forge.add_before_closing(encode(forge.ballot(voter, first_pool)));
        return true;
      });
  add("ciphertext-too-short", 14, "A ciphertext has fewer elements than the pool asks.",
      with_ballot([](Forge&, Ballot& ballot, Voter&) -> Result<bool> {
        ballot.ciphertext.resize(ballot.ciphertext.size() - 32);
        return true;
      }));

  // 23: fields
  const auto with_bytes = [](std::function<void(std::string&)> change) {
    return [change = std::move(change)](Forge& forge) -> Result<bool> {
      const Voter voter = forge.voter({first_pool});
      std::string bytes = encode(forge.ballot(voter, first_pool));
      change(bytes);
      forge.add_before_closing(std::move(bytes));
      return true;
    };
  };
  add("field-unknown", 23, "A ballot holds a field that the protocol does not know.",
      with_bytes([](std::string& bytes) {
        bytes[0] = static_cast<char>(bytes[0] + 1);
        bytes += std::string("\x09\x00", 2);
      }));
  add("field-twice", 23, "A ballot holds a field twice.", with_bytes([](std::string& bytes) {
        bytes[0] = static_cast<char>(bytes[0] + 1);
        bytes += bytes.substr(bytes.size() - 67);  // key 8, a byte string of 64
      }));
  add("bytes-after-the-end", 23, "Something follows a ballot within its entry.",
      with_bytes([](std::string& bytes) { bytes += '\0'; }));
  add("length-not-shortest", 23, "A number in a ballot is written longer than it must be.",
      [](Forge& forge) -> Result<bool> {
        const Voter voter = forge.voter({first_pool});
        std::string bytes = encode(forge.ballot(voter, first_pool));
        // After the head, key 0, "ballot", key 1, 34 bytes and key 2 stands the pool, 0.
        const std::size_t at = 1 + 1 + 7 + 1 + 34 + 1;
        if (bytes[at] != '\0') return false;
        bytes.replace(at, 1, std::string("\x18\x00", 2));
        forge.add_before_closing(std::move(bytes));
        return true;
      });
  add("kind-unknown", 23, "An entry is of an unknown kind.", [](Forge& forge) -> Result<bool> {
    forge.add_before_closing(std::string("\xa1\x00\x64vote", 7));
    return true;
  });

  // 24: challenged
  add("challenged-then-cast", 24, "A ciphertext that a voter made the device open is cast.",
      [](Forge& forge) -> Result<bool> {
        const Voter voter = forge.voter({first_pool});
        const SealedContent sealed = forge.seal(first_pool);
        forge.add_before_closing(
            encode(election::Audited{forge.edition(), first_pool, sealed.ciphertext}));
        forge.add_before_closing(
            encode(election::cast_sealed({forge.edition(), first_pool, voter.certificate, 0, {}},
                                         forge.truth().joint_key, sealed, voter.key)));
        return true;
      });

  add("cast-then-challenged", 24, "A ciphertext that was cast is recorded as challenged.",
      [](Forge& forge) -> Result<bool> {
        const Ballot* other = other_ballot(forge);
        if (other == nullptr) return false;
        forge.add_before_closing(
            encode(election::Audited{forge.edition(), first_pool, other->ciphertext}));
        return true;
      });
  add("same-randomness-within", 19, "Two parts of one ballot are encrypted with one randomness.",
      [](Forge& forge) -> Result<bool> {
        for (std::size_t p = 0; p < forge.manifest().pools.size(); ++p) {
          const PoolNumber pool{static_cast<PoolNumber::Value>(p)};
          if (forge.truth().state.terms(pool).layout.width < 2) continue;
          const Voter voter = forge.voter({pool});
          SealedContent sealed = forge.seal(pool);
          sealed.ciphertext.replace(64, 64, sealed.ciphertext.substr(0, 64));
          sealed.randomness[1] = sealed.randomness[0];
          forge.add_before_closing(
              encode(election::cast_sealed({forge.edition(), pool, voter.certificate, 0, {}},
                                           forge.truth().joint_key, sealed, voter.key)));
          return true;
        }
        return false;
      });

  // Annulments
  const auto with_annulment = [](std::function<void(Forge&, election::Annulment&)> change) {
    return [change = std::move(change)](Forge& forge) -> Result<bool> {
      const auto index = forge.find<Ballot>();
      if (!index) return false;
      election::Annulment annulment{forge.edition(),
                                    election::EntryIndex{*index},
                                    election::entry_hash(forge.truth().copy.entries[*index]),
                                    "stolen-identity",
                                    {}};
      sign(annulment, election::OfficialNumber{0}, forge.cast().officials[0],
           election::OfficialNumber{1}, forge.cast().officials[1]);
      change(forge, annulment);
      forge.add_before_closing(encode(annulment));
      return true;
    };
  };
  add("annulled-by-one-official", 28, "One official alone annuls a ballot, signing twice.",
      with_annulment([](Forge& forge, election::Annulment& annulment) {
        sign(annulment, election::OfficialNumber{0}, forge.cast().officials[0],
             election::OfficialNumber{1}, forge.cast().officials[0]);
      }));
  add("annulment-of-other-ballot", 28, "An annulment's index and hash name different ballots.",
      with_annulment([](Forge& forge, election::Annulment& annulment) {
        annulment.ballot.octets[0] ^= 1U;
        sign(annulment, election::OfficialNumber{0}, forge.cast().officials[0],
             election::OfficialNumber{1}, forge.cast().officials[1]);
      }));
  add("annulment-of-no-ballot", 28, "An annulment names an entry that is no ballot.",
      with_annulment([](Forge& forge, election::Annulment& annulment) {
        annulment.index = election::EntryIndex{0};
        annulment.ballot = election::entry_hash(forge.truth().copy.entries[0]);
        sign(annulment, election::OfficialNumber{0}, forge.cast().officials[0],
             election::OfficialNumber{1}, forge.cast().officials[1]);
      }));
  add("roll-addition-twice", 8, "A person is added to the roll who is on it already.",
      [](Forge& forge) -> Result<bool> {
        election::RollAddition addition{forge.edition(), forge.truth().idle[0], {first_pool}, {}};
        sign(addition, forge.cast().registrar);
        forge.add_before_closing(encode(addition));
        return true;
      });
  add("roll-addition-unsigned", 8, "A person is added to the roll by somebody else.",
      [](Forge& forge) -> Result<bool> {
        election::Pseudonym nobody;
        nobody.octets.fill(0x5a);
        election::RollAddition addition{forge.edition(), nobody, {first_pool}, {}};
        sign(addition, proof::SigningKey::random());
        forge.add_before_closing(encode(addition));
        return true;
      });
  return deceits;
}

}  // namespace urna::rehearsal
