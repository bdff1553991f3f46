#!/usr/bin/env bash
# Enrôle une collectivité auprès de l'ANTAI simulée, pas à pas, avec openssl et curl seulement ; prouve en chemin chaque refus.
# SPÉCIMEN — environnement simulé : aucune de ces adresses n'est celle d'un système de l'État.
#
#   enroler.sh ANTAI DGFIP CCSP COLLECTIVITE RACINE JETON CREATION DOSSIER
#
# Les quatre adresses des services (https://127.0.0.1:8001 …), le certificat racine du simulateur, le fichier du jeton de pilotage,
# un message FPS de création (JSON), et un dossier neuf où écrire la clé, le certificat et les réponses.
set -euo pipefail

antai=$1 dgfip=$2 ccsp=$3 collectivite=$4 racine=$5 jeton=$6 creation=$7 dossier=$8
siret=21590350100017
bac=enrolement
mkdir -p "$dossier"
cd "$dossier"
umask 077
printf 'header = "Authorization: Bearer %s"\n' "$(cat "$jeton")" > pilote.curl

pas=0
etape() { pas=$((pas + 1)); printf '\n%2d. %s\n' "$pas" "$*"; }
champ() { { grep -a -o "\"$1\" *: *\"[^\"]*\"" reponse.json || true; } | head -n 1 | cut -d '"' -f 4; }

# appeler ATTENDU [options de curl] : le code HTTP attendu, puis le code du refus quand il y en a un (« 403:espace-absent »).
appeler() {
    local attendu=$1 statut
    shift
    statut=$(curl --silent --show-error --cacert "$racine" --output reponse.json --write-out '%{http_code}' "$@") || statut="curl-$?"
    local obtenu=$statut
    case $attendu in *:*) obtenu="$statut:$(champ code)" ;; esac
    if [ "$obtenu" != "$attendu" ]; then
        echo "ATTENDU $attendu, OBTENU $obtenu" >&2
        cat reponse.json >&2
        exit 1
    fi
    echo "    $obtenu  $(champ title)"
}
piloter() { appeler "$1" --config pilote.curl "${@:2}"; }
presenter() { appeler "$1" --cert "$certificat" --key cle.pem "${@:2}"; }
session() { appeler "$1" --config session.curl "${@:2}"; }
json=(--header 'Content-Type: application/json')
envoyer() { presenter "$1" "${json[@]}" --header "Idempotency-Key: essai-$pas-$RANDOM" --data-binary "@$creation" "$antai/bacs/$bac/flux/01-message-fps/creation"; }

etape "Un bac à sable vierge : personne n'y est enrôlé"
for service in "$antai" "$dgfip" "$ccsp" "$collectivite"; do
    piloter 201 "${json[@]}" --data "{\"nom\": \"$bac\", \"instant\": \"2026-06-12T20:00:00+02:00\", \"vierge\": true}" "$service/pilotage/bacs"
done

etape "Sans certificat, aucun message ne passe"
appeler 401:certificat-requis "${json[@]}" --data-binary "@$creation" "$antai/bacs/$bac/flux/01-message-fps/creation"

etape "La clé et la demande de certificat du prestataire ; un certificat auto-signé est refusé dès la connexion TLS"
openssl ecparam -name prime256v1 -genkey -noout -out cle.pem
sujet="/C=FR/O=Ville de Lille/OU=0002 $siret/CN=SI stationnement de Lille (essai)"
openssl req -new -key cle.pem -subj "$sujet" -out demande.pem
openssl req -x509 -key cle.pem -subj "$sujet" -days 1 -out auto-signe.pem
certificat=auto-signe.pem
if curl --silent --cacert "$racine" --cert auto-signe.pem --key cle.pem "$antai/sante/vivant" > /dev/null 2> alerte.txt; then
    echo "le certificat auto-signé a été cru" >&2
    exit 1
fi
echo "    alerte TLS"

etape "Le PSCE de test refuse un SIRET qui n'est pas celui de la demande, puis émet le certificat"
pkcs10=(--header 'Content-Type: application/pkcs10' --data-binary @demande.pem)
piloter 422:csr-siret-different "${pkcs10[@]}" "$antai/psce/certificats?siret=21750001600019"
piloter 201 "${pkcs10[@]}" --header 'Accept: application/pem-certificate-chain' "$antai/psce/certificats?siret=$siret"
cp reponse.json certificat.pem
certificat=certificat.pem
openssl x509 -in certificat.pem -noout -subject -enddate | sed 's/^/    /'

etape "L'API front dit qui je suis et tout ce qui manque"
presenter 200 "$antai/bacs/$bac/front?siret=$siret"
grep -o '"code": *"[a-z-]*"' reponse.json | sed 's/^/    manque /'

etape "Sans espace numérique : ni message, ni dépôt de certificat"
depot="{\"siret\": \"$siret\", \"prestataire\": \"Éditeur Essai\", \"zones\": [\"rouge\"], \"droits\": [\"emission\", \"rapo\"]}"
envoyer 403:espace-absent
presenter 403:espace-absent "${json[@]}" --data "$depot" "$antai/bacs/$bac/certificats"

etape "L'espace numérique : un SIRET faux est refusé, puis la demande est contrôlée et l'espace ouvert"
demande() {
    local adresse='{"voie": "Place Augustin Laurent", "code_postal": "59000", "commune": "Lille", "pays": "FR"}'
    local contact="{\"nom\": \"Ville de Lille\", \"adresse\": $adresse, \"adresse_electronique\": \"stationnement@lille.example\"}"
    local agent='{"login": "agent.lille", "nom": "Agent Essai", "mot_de_passe": "un mot de passe assez long"}'
    echo "{\"siret\": \"$1\", \"type\": \"commune\", \"adresse\": $adresse, \"contact\": $contact, \"agent\": $agent}"
}
appeler 422:siret-invalide "${json[@]}" --data "$(demande 21590350100018)" "$antai/bacs/$bac/espaces"
appeler 201 "${json[@]}" --data "$(demande $siret)" "$antai/bacs/$bac/espaces"
appeler 200 "$antai/bacs/$bac/espaces/$siret/etat"
envoyer 403:convention-absente

etape "Le certificat se dépose dans la connexion qui le présente, avant même la convention"
presenter 201 "${json[@]}" --data "$depot" "$antai/bacs/$bac/certificats"
empreinte=$(champ cle)
envoyer 403:convention-absente

etape "L'agent ouvre une session ; sans convention signée, le certificat ne s'active pas"
appeler 401:identifiants-refuses "${json[@]}" --data '{"login": "agent.lille", "mot_de_passe": "un autre mot de passe"}' "$antai/bacs/$bac/espaces/$siret/sessions"
appeler 201 "${json[@]}" --data '{"login": "agent.lille", "mot_de_passe": "un mot de passe assez long"}' "$antai/bacs/$bac/espaces/$siret/sessions"
printf 'header = "Authorization: Bearer %s"\n' "$(champ jeton)" > session.curl
activer="$antai/bacs/$bac/espaces/$siret/certificats/$empreinte/activation"
session 403:convention-absente "${json[@]}" --data '{}' "$activer"

etape "La convention : préparée, téléchargée, déposée signée, signée par l'ANTAI, récupérée"
conventions="$antai/bacs/$bac/espaces/$siret/conventions"
session 201 "${json[@]}" --data '{"signataire": {"nom": "Camille Spécimen", "qualite": "Maire"}, "cycle": "complet"}' "$conventions"
envoyer 403:convention-non-deposee
session 200 "$conventions/1/modele"
cp reponse.json convention.pdf
session 415 "${json[@]}" --request PUT --data '{}' "$conventions/1/depot"
session 200 --header 'Content-Type: application/pdf' --request PUT --data-binary @convention.pdf "$conventions/1/depot"
session 200 "$conventions/1/signee"
head -c 5 reponse.json | grep -q '%PDF-'

etape "Déposé mais pas activé : toujours rien ; puis la collectivité l'active pour la zone verte seulement"
envoyer 403:certificat-non-active
session 200 "${json[@]}" --data '{"zones": ["verte"], "droits": ["emission"]}' "$activer"
envoyer 403:certificat-hors-perimetre

etape "Son périmètre étendu à la zone rouge, le message FPS passe et reçoit son accusé"
session 200 "${json[@]}" --request PUT --data '{"zones": ["verte", "rouge"]}' "$antai/bacs/$bac/espaces/$siret/certificats/$empreinte/perimetre"
presenter 200 "$antai/bacs/$bac/front"
grep -q '"manques": *\[\]' reponse.json
envoyer 200
cp reponse.json accuse.json
grep -q '"statut": *"accepte"' accuse.json
cat accuse.json

etape "Le même certificat dans un autre bac, désactivé, réactivé, puis révoqué : refusé aussitôt"
presenter 404:bac-inconnu "${json[@]}" --data-binary "@$creation" "$antai/bacs/ailleurs/flux/01-message-fps/creation"
session 200 --request POST "$antai/bacs/$bac/espaces/$siret/certificats/$empreinte/desactivation"
envoyer 403:certificat-desactive
session 200 "${json[@]}" --data '{}' "$activer"
envoyer 200
serie=$(openssl x509 -in certificat.pem -noout -serial | sed 's/serial=//' | tr 'A-F' 'a-f')
piloter 200 "${json[@]}" --data '{"motif": "cle-compromise"}' "$antai/psce/certificats/$serie/revocation"
envoyer 403:certificat-revoque
presenter 200 "$antai/bacs/$bac/front"
grep -q 'certificat-revoque' reponse.json

printf '\nLa collectivité est enrôlée : %s étapes, chaque refus prouvé.\n' "$pas"
